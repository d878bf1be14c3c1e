import BeaconModel
import BundledModel
import ContextCaching
import SystemPackage
import Tensors
import Testing

@testable import Answering

/// Answering side by side is answering one by one, only sooner.
struct AnswerBatchTests {
    /// Sequences of different lengths, some between two beacons and some at the end of a window, give the same bits
    /// together as alone.
    @Test(arguments: [WeightFormat.f32, .int8])
    func tokensSideBySideAreTokensAlone(format: WeightFormat) throws {
        let directory = try #require(BundledModel.directory)
        let model = try LanguageModel(directory: directory, format: format)
        let context = ComputeContext(threads: 2)
        var settings = model.configuration.beacon
        settings.ratios = [4]
        let lengths = [3, 127, 130, 260]
        func sequences() throws -> [BeaconSequence] {
            try lengths.map { length in
                let sequence = BeaconSequence(model, settings: settings, context: context)
                try sequence.feed((0..<length).map { Int32(100 + $0 * 7 % 1000) }, logits: .none)
                return sequence
            }
        }
        let together = try sequences()
        let alone = try sequences()
        let batch = SequenceBatch(model, context: context)
        for step in 0..<12 {
            let tokens = lengths.indices.map { Int32(300 + step * 11 + $0) }
            let logits = try batch.feed(tokens, to: together)
            for (index, sequence) in alone.enumerated() {
                let expected = try #require(try sequence.feed([tokens[index]]))
                #expect(try logits[index].get() == expected, "sequence \(index), token \(step)")
            }
        }
        #expect(zip(together, alone).allSatisfy { $0.memory.counts == $1.memory.counts })
    }

    /// A sequence whose memory holds what is no number fails by itself.
    @Test func oneThatFailsDisturbsNoOther() throws {
        let model = try LanguageModel(directory: #require(BundledModel.directory))
        let context = ComputeContext(threads: 1)
        let sequences = try (0..<3).map { number in
            let sequence = BeaconSequence(model, context: context)
            try sequence.feed((0..<40).map { Int32(50 + $0 * 3 + number) }, logits: .none)
            return sequence
        }
        let expected = try sequences.map {
            try #require(try BeaconSequence($0.share(), context: context).feed([9]))
        }
        var block = sequences[1].memory.block(5..<6)
        block.values[0] = .nan
        sequences[1].memory.replace(5..<6, with: block)
        let logits = try SequenceBatch(model, context: context).feed([9, 9, 9], to: sequences)
        #expect(try logits[0].get() == expected[0] && logits[2].get() == expected[2])
        #expect(throws: ModelError.self) { try logits[1].get() }
    }

    /// A sequence that begins with a shared one goes on by itself and leaves the first as it was.
    @Test func sharersGoOnByThemselves() throws {
        let model = try LanguageModel(directory: #require(BundledModel.directory))
        let context = ComputeContext(threads: 1)
        let first = BeaconSequence(model, context: context)
        try first.feed((0..<200).map { Int32(50 + $0) }, logits: .none)
        let second = BeaconSequence(first.share(), context: context)
        let expected = try second.feed([7, 8, 9])
        try second.feed([10, 11])
        #expect(try first.feed([7, 8, 9]) == expected)
    }

    struct Scheme: Sendable, CustomTestStringConvertible {
        var placement = BeaconPlacement.interleave
        var attention = AttentionScheme.fullCoverage
        var scaling = RotaryScaling.none
        var sinkSize = 0
        var testDescription: String { "\(placement), \(attention), \(scaling), sink of \(sinkSize)" }
    }

    /// Sequences that begin with a shared one hold their own tokens only, and give the same bits as without sharing:
    /// across the ends of windows too, where entries are dropped and moved, and where scaling has every key rotated again.
    @Test(
        arguments: [
            Scheme(), Scheme(sinkSize: 3), Scheme(attention: .stepExpansion),
            Scheme(placement: .append, attention: .stepExpansion),
            Scheme(placement: .append, attention: .segmentation, sinkSize: 1),
            Scheme(scaling: .dynamic(factor: 4)), Scheme(scaling: .linear(factor: 2)),
        ], [WeightFormat.f32, .int8])
    func sharersGiveTheSameBits(_ scheme: Scheme, _ format: WeightFormat) throws {
        let directory = try #require(BundledModel.directory)
        var configuration = try ModelConfiguration(directory: directory)
        configuration.rotaryScaling = scheme.scaling
        configuration.maxPositions = 128
        let model = try LanguageModel(directory: directory, format: format, configuration: configuration)
        let context = ComputeContext(threads: 2)
        var settings = configuration.beacon
        settings.ratios = [4]
        settings.placement = scheme.placement
        settings.attention = scheme.attention
        settings.sinkSize = scheme.sinkSize
        for length in [3, 128, 330] {
            func sequence() throws -> BeaconSequence {
                let sequence = BeaconSequence(model, settings: settings, context: context)
                try sequence.feed((0..<length).map { Int32(100 + $0 * 7 % 1000) }, logits: .none)
                return sequence
            }
            let first = try sequence()
            let whole = first.memory.byteCount
            let start = first.share()
            let copies = (0..<2).map { _ in BeaconSequence(start, context: context) }
            let fresh = copies[0].memory
            #expect(
                fresh.byteCount - fresh.ownByteCount == first.memory.byteCount - first.memory.ownByteCount)
            if length == 330 {
                #expect(fresh.ownByteCount < whole || scheme.scaling != .none)
                // Keys before RoPE stay only where they are rotated anew, and where their window is open.
                let isDynamic = scheme.scaling == .dynamic(factor: 4)
                #expect((start.byteCount < whole) != isDynamic, "\(start.byteCount) of \(whole) bytes")
            }
            let alone = try copies.map { _ in try sequence() }
            for turn in 0..<30 {
                for (number, copy) in copies.enumerated() {
                    let tokens = (0..<9).map { Int32(200 + turn * 31 + $0 * 5 + number) }
                    #expect(
                        try copy.feed(tokens) == alone[number].feed(tokens), "length \(length), turn \(turn)")
                }
            }
            #expect(zip(copies, alone).allSatisfy { $0.memory.counts == $1.memory.counts })
            // The first goes on as well, and may be shared again.
            let tokens = (0..<9).map { Int32(400 + $0) }
            let again = try sequence()
            #expect(try first.feed(tokens) == again.feed(tokens))
            let later = BeaconSequence(first.share(), context: context)
            #expect(try later.feed(tokens) == again.feed(tokens), "length \(length)")
        }
    }

    /// Questions that join while others are being answered get the answers that they get alone, whether they share
    /// what was restored or not; one that is given up or whose asker throws disturbs nobody.
    @Test func questionsMayJoinBetweenTokens() throws {
        let library = try BerthLibrary()
        try library.inTemporaryDirectory { directory in
            let answerer = try library.answerer(
                directory.appending("store"), main: 4, fine: 2, .windows(2))
            let words = (0..<9).map { "Who keeps berth \($0 / 2 * 3)?" }
            let choice = ContextChoice(top: 1, beacons: 4096)
            var options = Answerer.Options()
            options.maxTokens = 12
            let preparation = AnswerPreparation(sharedBytes: 1 << 20)
            let batch = AnswerBatch(library.loaded, context: library.context)
            var texts = [String](repeating: "", count: words.count)
            var numbers: [Int: Int] = [:]
            var answers: [Int: Answer] = [:]
            struct Gone: Error {}
            var hasThrown = false
            for (place, question) in words.enumerated() {
                let prepared = try preparation.prepare(
                    Question(question), of: answerer, choice: choice, options: options)
                let number = batch.join(prepared) { text in
                    if place == 3 { throw Gone() }
                    texts[place] += text
                }
                numbers[number] = place
                if place == 5 { batch.remove(number) }
                #expect(throws: AnsweringError.self) {
                    try preparation.prepare(Question("zzz"), of: answerer, choice: choice)
                }
                for _ in 0..<2 { take(batch.step()) }
            }
            func take(_ finished: [AnswerBatch.Finished]) {
                for item in finished {
                    guard let place = numbers[item.number] else { continue }
                    switch item.result {
                    case .success(let answer): answers[place] = answer.complete()
                    case .failure(let error): hasThrown = place == 3 && error is Gone
                    }
                }
            }
            while batch.count > 0 { take(batch.step()) }
            #expect(hasThrown && answers.keys.sorted() == [0, 1, 2, 4, 6, 7, 8])
            for (place, var answer) in answers {
                var expected = try answerer.answer(Question(words[place]), choice: choice, options: options)
                (answer.seconds, expected.seconds) = (Answer.Seconds(), Answer.Seconds())
                #expect(answer == expected, "question \(place)")
                #expect(texts[place] == expected.text)
                #expect(expected.promoted > 0)
            }
        }
    }
}
