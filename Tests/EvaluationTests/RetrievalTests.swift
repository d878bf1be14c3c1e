import Evaluation
import Foundation
import Testing
import Tokenization

@Suite struct RetrievalTests {
    let tokenizer: Tokenizer
    let haystack: Haystack

    init() throws {
        tokenizer = try CharacterTokenizer.make()
        let text = "The boat left early. It rained.\nNobody saw the lighthouse. The keeper slept. "
        haystack = try Haystack(text, tokenizer: tokenizer, longest: 1200)
    }

    private func needles(_ count: Int) -> [Needle] {
        var facts = FactNeedles(seed: 3)
        return (0..<count).map { _ in facts.next() }
    }

    @Test func needlesAreCountedByLengthAndDepth() async throws {
        var facts = needles(8).makeIterator()
        let source = ReadingAnswerSource(
            answers: Dictionary(uniqueKeysWithValues: needles(8).map { ($0.question, $0.answers[0]) })
        ) { request, _ in request.mode == .ratio(8) && request.id.hasPrefix("600-") }
        let settings = NeedleSettings(
            modes: [.ratio(4), .ratio(8), .full], lengths: [300, 600], depths: [0, 100], samples: 2,
            scoring: .found)
        var steps = 0
        let report = try await NeedleEvaluation(settings: settings, source: source).run(
            title: "Needle",
            makePrompt: { length, depth in
                let next = facts.next()
                let needle = try #require(next)
                return RetrievalPrompt(
                    length: length, depth: depth, needle: needle,
                    document: try haystack.document(length: length, needles: [(needle, depth: Double(depth))])
                )
            }, progress: { steps = $0.done })
        #expect(steps == 24 && report.outcomes.count == 24)
        #expect(report.found(.ratio(4)) == 1 && report.found(.ratio(8)) == 0.5 && report.found(.full) == 1)
        #expect(report.cells.filter { $0.mode == .ratio(8) }.map(\.score) == [1, 1, 0, 0])
        #expect(
            report.figures.map(\.name) == [
                "needle-map-ratio-4", "needle-map-ratio-8", "needle-map-full", "needle-ratio",
            ])
        #expect(report.text.contains("0.500"))
        let decoded = try JSONDecoder().decode(NeedleReport.self, from: Data(report.json().utf8))
        #expect(try decoded.json() == report.json())
    }

    @Test func passkeysAreScoredByTheirDigits() async throws {
        let source = ReadingAnswerSource(answers: ["What is the pass key?": "71342"])
        let settings = NeedleSettings(modes: [.adaptive], lengths: [300], depths: [50], scoring: .passkey)
        let report = try await NeedleEvaluation(settings: settings, source: source).run(title: "Passkey") {
            let needle = Needle.passkey("71342")
            return RetrievalPrompt(
                length: $0, depth: $1, needle: needle,
                document: try haystack.document(length: $0, needles: [(needle, depth: Double($1))]))
        }
        #expect(report.outcomes.map(\.score) == [1] && report.outcomes.map(\.fuzzy) == [1])
        #expect(report.figures.map(\.name) == ["passkey-map-adaptive"])
    }

    @Test func severalNeedlesAreAskedForInTurns() async throws {
        let facts = needles(12)
        let source = ReadingAnswerSource(
            answers: Dictionary(uniqueKeysWithValues: facts.map { ($0.question, $0.answers[0]) })
        ) { request, question in request.questions.last == question }
        let settings = MultiNeedleEvaluation.Settings(
            modes: [.ratio(4)], lengths: [400, 800], needles: 3, samples: 2)
        let evaluation = MultiNeedleEvaluation(settings: settings, source: source)
        let report = try await evaluation.run(haystack: haystack, needles: facts)
        #expect(report.outcomes.count == 12)
        let byTurn = report.means.filter { $0.turn != nil }.map(\.found)
        #expect(byTurn == [1, 1, 0])
        #expect(Set(report.outcomes.filter { $0.turn == 1 }.map(\.depth)).count > 1)
        await #expect(throws: EvaluationError.self) {
            try await evaluation.run(haystack: haystack, needles: Array(facts.prefix(11)))
        }
    }

    @Test func theFirstTopicIsAskedFor() async throws {
        let topics = (0..<12).map { CorpusText(id: "\($0)", title: "Topic number \($0)", text: "About it. ") }
        let source = ReadingAnswerSource(answers: [TopicEvaluation.question: "topic number 0"])
        var settings = TopicEvaluation.Settings(modes: [.adaptive], counts: [2, 5], samples: 2)
        let measure: @Sendable (String) -> Int = { $0.utf8.count }
        let report = try await TopicEvaluation(settings: settings, source: source, measure: measure).run(
            topics)
        let asked = report.outcomes.map(\.topic)
        #expect(asked == ["Topic number 0", "Topic number 5", "Topic number 0", "Topic number 5"])
        #expect(report.means.map(\.topics) == [2, 5])
        settings.counts = [12]
        let all = try await TopicEvaluation(settings: settings, source: source, measure: measure).run(topics)
        #expect(Set(all.outcomes.map(\.topic)).count == 2)
        settings.counts = [13]
        await #expect(throws: EvaluationError.self) {
            try await TopicEvaluation(settings: settings, source: source, measure: measure).run(topics)
        }
    }
}
