import Evaluation
import Foundation
import Testing
import Tokenization

/// Prompts, pass keys and segments against values of the paper authors' published evaluation code.
@Suite struct PromptTests {
    struct Values: Decodable {
        struct Parameters: Decodable {
            var context: String
            var needle: String
            var prompt: String
            var passkeySeed: UInt32
        }
        struct Sample: Decodable {
            var kind: String
            var template: String
            var tokenizer: String
            var length: Int
            var depth: Int
            var passkey: String?
            var text: String?
            var tokens: Int?
            var referenceError: String?
        }
        var parameters: Parameters
        var samples: [Sample]
    }

    let values: Values

    init() throws { values = try EvaluationFixtures.decode(Values.self, "prompts.json") }

    @Test func passkeysAreThePublishedOnes() {
        let groups = Dictionary(grouping: values.samples.filter { $0.kind == "passkey" }, by: \.template)
        for samples in groups.values {
            var keys = Passkeys(seed: values.parameters.passkeySeed)
            for sample in samples { #expect(keys.next() == sample.passkey) }
        }
    }

    @Test(arguments: ["qwen", "llama-3", "mistral", "no"])
    func promptsAreThePublishedOnes(template: String) throws {
        let samples = values.samples.filter { $0.template == template }
        let name = try #require(samples.first).tokenizer
        let tokenizer = try Tokenizer(
            contentsOf: EvaluationFixtures.path("tokenizers/\(name)/tokenizer.json"))
        let layout = PromptLayout(try #require(PromptLayout.Family(rawValue: template)))
        let prompts = PublishedPrompts(tokenizer)
        var needle = Needle.published
        needle.text = values.parameters.needle
        for sample in samples {
            let made: () throws -> RetrievalPrompt = {
                if let key = sample.passkey {
                    return try prompts.passkey(length: sample.length, depth: sample.depth, key: key)
                }
                let haystack = try prompts.haystack(values.parameters.context, length: sample.length)
                return try prompts.needle(needle, haystack: haystack, depth: sample.depth)
            }
            guard let text = sample.text else {
                #expect(throws: EvaluationError.self) { try made() }
                continue
            }
            let prompt = layout.prompt(try #require(try made().firstTurn))
            #expect(prompt == text, "\(sample.kind) \(sample.length) \(sample.depth)")
            #expect(tokenizer.encode(prompt, addingSpecialTokens: true).count == sample.tokens)
        }
    }

    @Test func gridsAreThePublishedOnes() {
        #expect(EvaluationGrid.depths == [0, 11, 22, 33, 44, 55, 66, 77, 88, 100])
        #expect(EvaluationGrid.needleLengths.first == 8192 && EvaluationGrid.needleLengths.last == 131_072)
        #expect(EvaluationGrid.passkeyLengths.count == 20)
        #expect(EvaluationGrid.needleLengths[1] == 21845)
    }

    struct SegmentCase: Decodable {
        struct Segment: Decodable {
            var begin: Int
            var end: Int
            var length: Int
            var hasBos: Bool
            var firstLabel: Int
        }
        var seqLen: Int
        var maxLength: Int
        var stride: Int
        var bos: Bool
        var minLength: Int?
        var segments: [Segment]
    }

    @Test func segmentsAreThePublishedOnes() throws {
        for row in try EvaluationFixtures.decode([SegmentCase].self, "perplexity-segments.json") {
            let segments = try PerplexitySegment.segments(
                of: row.seqLen, maxLength: row.maxLength, stride: row.stride, hasBeginOfText: row.bos,
                minLength: row.minLength ?? 0)
            let expected = row.segments.map {
                PerplexitySegment(
                    tokens: $0.begin..<$0.end, hasBeginOfText: $0.hasBos, firstLabel: $0.firstLabel)
            }
            #expect(segments == expected)
            #expect(segments.map(\.length) == row.segments.map(\.length))
        }
        #expect(throws: EvaluationError.self) {
            try PerplexitySegment.segments(of: 4, maxLength: 1, stride: 1, hasBeginOfText: true)
        }
    }

    @Test func needlesStandBetweenSentences() throws {
        let tokenizer = try Tokenizer(contentsOf: EvaluationFixtures.path("tokenizers/qwen2/tokenizer.json"))
        let text = "The boat left early. It rained.\nNobody saw the lighthouse. The keeper slept. "
        let haystack = try Haystack(text, tokenizer: tokenizer, longest: 400)
        let needle = Needle.passkey("71342")
        for depth in [0.0, 30, 50, 100] {
            let document = try haystack.document(length: 300, needles: [(needle, depth: depth)])
            #expect(document.contains(needle.text))
            let before = document[..<(document.range(of: needle.text)?.lowerBound ?? document.startIndex)]
            if depth > 0, depth < 100 { #expect(before.hasSuffix(". ") || before.hasSuffix("\n")) }
            #expect((270...305).contains(tokenizer.encode(document, addingSpecialTokens: false).count))
        }
        #expect(throws: EvaluationError.self) {
            try haystack.document(length: 10, needles: [(needle, depth: 0)])
        }
    }

    /// Text without sentences, or with those of another script, hides a needle at its depth too.
    @Test(arguments: [
        "words that no stop ever ends and that go on and on ",
        "他们在早晨离开了港口。没有人看见灯塔！守塔人还在睡觉？", "0123456789abcdef",
    ])
    func needlesStandAtTheirDepth(text: String) throws {
        let tokenizer = try Tokenizer(contentsOf: EvaluationFixtures.path("tokenizers/qwen2/tokenizer.json"))
        let haystack = try Haystack(
            String(repeating: text, count: 400), tokenizer: tokenizer, longest: 3_000)
        let needle = Needle.passkey("71342")
        for depth in [25.0, 50, 75] {
            let document = try haystack.document(length: 3_000, needles: [(needle, depth: depth)])
            let range = try #require(document.range(of: needle.text))
            let before = document[..<range.lowerBound].utf8.count
            let rest = document.utf8.count - needle.text.utf8.count
            #expect(abs(Double(before) / Double(rest) * 100 - depth) < 2)
            #expect(!document.contains("\u{FFFD}"))
        }
    }

    @Test func factsAreFreshAndRepeatable() {
        var first = FactNeedles(seed: 7)
        var second = FactNeedles(seed: 7)
        let needles = (0..<50).map { _ in first.next() }
        #expect(needles == (0..<50).map { _ in second.next() })
        #expect(Set(needles.map(\.question)).count == 50)
        for needle in needles { #expect(needle.isFound(in: needle.text)) }
        #expect(!needles[0].isFound(in: needles[1].text))
        #expect(Needle.passkey("12").isFound(in: "The key is 12!"))
        #expect(!Needle.passkey("12").isFound(in: "The key is 123"))
    }
}
