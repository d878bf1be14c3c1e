import Testing

@testable import BeaconTraining

struct QuestionDocumentTests {
    private let filler = FillerText(texts: [
        "The river rose in April. People from Granville and Ostrava came to look at it. It fell again in June."
    ])

    @Test("Values stand in the text where the question says", arguments: 0..<20)
    func values(index: Int) {
        let generator = QuestionDocumentGenerator(seed: 1, filler: filler)
        let document = generator.document(UInt64(index), bytes: 1200, questions: 8)
        #expect(document.text.utf8.count >= 1200)
        #expect(!document.questions.isEmpty)
        for item in document.questions {
            guard let end = item.valueEnd else {
                #expect(item.answer == QuestionDocument.notStated)
                continue
            }
            let bytes = Array(document.text.utf8)[end - item.answer.utf8.count..<end]
            #expect(String(decoding: bytes, as: UTF8.self) == item.answer)
        }
        #expect(!document.text.contains("{"))
        #expect(document == generator.document(UInt64(index), bytes: 1200, questions: 8))
    }

    @Test("Held-out names do not occur in training documents")
    func heldOut() {
        var options = QuestionDocumentGenerator.Options()
        options.filler = 0
        func names(_ split: QuestionDocumentSplit) -> [String] {
            let maker = NameMaker(split: split, textWords: filler.words, unusualShare: 0.3)
            var random = SeededRandom(seed: 2)
            return (0..<300).map { _ in maker.word(&random) }
        }
        #expect(names(.training).allSatisfy { !NameMaker.isHeldOut($0) })
        #expect(names(.heldOut).allSatisfy { NameMaker.isHeldOut($0) })
        #expect(Set(names(.training)).isDisjoint(with: names(.heldOut)))
        #expect(
            filler.words == ["April", "Granville", "June", "Ostrava"].filter { filler.words.contains($0) })
    }

    @Test("Shares of unanswerable questions are about what was asked for")
    func notStated() {
        var options = QuestionDocumentGenerator.Options()
        options.notStated = 0.2
        let generator = QuestionDocumentGenerator(seed: 3, options: options)
        let questions = (0..<100).flatMap {
            generator.document(UInt64($0), bytes: 900, questions: 8).questions
        }
        let share = Double(questions.count { $0.valueEnd == nil }) / Double(questions.count)
        #expect((0.15...0.27).contains(share))
    }

    @Test("Documents of few kinds ask the same of several things, however many things they need")
    func contrast() {
        func repeated(_ contrast: Double) -> Double {
            var options = QuestionDocumentGenerator.Options()
            options.contrast = contrast
            options.everyday = 0
            let generator = QuestionDocumentGenerator(seed: 5, options: options)
            var share = 0.0
            for index in 0..<20 {
                let document = generator.document(UInt64(index), bytes: 12_000, questions: 30)
                #expect(document.text.utf8.count >= 12_000)
                // What is asked, without the names of the things.
                let stems = document.questions.map { question in
                    question.question.split(separator: " ").dropFirst().filter {
                        $0.first?.isLowercase == true
                    }
                }
                share += Double(stems.count { stem in stems.count { $0 == stem } > 1 }) / Double(stems.count)
            }
            return share / 20
        }
        let (without, with) = (repeated(0), repeated(1))
        #expect(with > 2 * without, "\(without) \(with)")
    }

    @Test("Random numbers are those of SplitMix64")
    func generator() {
        var random = SeededRandom(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        var counts = [0, 0, 0]
        for _ in 0..<3000 { counts[random.below(3)] += 1 }
        #expect(counts.allSatisfy { (900...1100).contains($0) })
    }
}
