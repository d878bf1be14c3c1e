import BeaconModel
import Evaluation
import Foundation
import Tensors
import Testing

@Suite struct PerplexityTests {
    let model: LanguageModel
    let context = ComputeContext(threads: 1)
    let texts: [TokenizedText]

    init() throws {
        model = try LanguageModel(directory: EvaluationFixtures.model("qwen2-a"))
        var generator = NumPyGenerator(seed: 5)
        texts = (0..<2).map { index in
            TokenizedText(id: "t\(index)", tokens: (0..<140).map { _ in Int32(generator.integer(below: 96)) })
        }
    }

    private func run(_ settings: PerplexitySettings) throws -> PerplexityReport {
        try PerplexityEvaluation(model, settings: settings, context: context).run(texts)
    }

    /// Mean loss of tokens `range` of one segment, from logits taken here.
    private func reference(_ tokens: [Int32], labels: Range<Int>, _ mode: ContextMode) throws -> Double {
        var losses: [Int: Double] = [:]
        try mode.sequence(model, context: context).feed(
            tokens,
            logits: .each { index, row in
                guard index + 1 < tokens.count else { return }
                let sum = row.reduce(0.0) { $0 + exp(Double($1)) }
                losses[index + 1] = log(sum) - Double(row[Int(tokens[index + 1])])
            })
        let chosen = labels.compactMap { losses[$0] }
        return chosen.reduce(0, +) / Double(chosen.count)
    }

    @Test(arguments: [ContextMode.ratio(4), .adaptive, .full])
    func firstSegmentsAreMeasured(mode: ContextMode) throws {
        let report = try run(PerplexitySettings(modes: [mode], lengths: [100]))
        let losses = try texts.map { try reference(Array($0.tokens[..<100]), labels: 1..<100, mode) }
        let mean = try #require(report.mean(100, mode))
        #expect(abs(mean.loss - (losses[0] + losses[1]) / 2) < 1e-5)
        #expect(abs(mean.perplexity - exp(mean.loss)) < 1e-12)
        #expect(mean.texts == 2 && mean.labels == 200)
    }

    @Test func stridesWeighSegmentsByLabels() throws {
        let report = try run(
            PerplexitySettings(modes: [.ratio(2)], lengths: [80], stride: 50, beginOfText: 1))
        // Segments of 79 tokens: 0..<79, 50..<129, 100..<140, each behind a begin-of-text token.
        let tokens = texts[0].tokens
        let parts: [(Range<Int>, Range<Int>)] = [(0..<79, 1..<80), (50..<129, 30..<80), (100..<140, 30..<41)]
        var sum = 0.0
        var count = 0
        for (range, labels) in parts {
            sum += try reference([1] + tokens[range], labels: labels, .ratio(2)) * Double(labels.count)
            count += labels.count
        }
        let text = try #require(report.texts.first)
        #expect(text.labels == count)
        #expect(abs(text.loss - sum / Double(count)) < 1e-5)
    }

    @Test func lastWindowEqualsTheWholeWithinOneWindow() throws {
        let window = model.configuration.beacon.windowSize
        let report = try run(PerplexitySettings(modes: [.full, .lastWindow], lengths: [window, 100]))
        #expect(report.mean(window, .full)?.loss == report.mean(window, .lastWindow)?.loss)
        #expect(report.mean(100, .full)?.loss != report.mean(100, .lastWindow)?.loss)
    }

    @Test func shortContextsArePreserved() throws {
        for name in ["qwen2-a", "llama-a", "mistral-a", "qwen2-tied"] {
            let model = try LanguageModel(directory: EvaluationFixtures.model(name))
            let report = try ShortContextEvaluation(model, context: context).run(texts, ratios: [4])
            #expect(report.isPreserved, "\(name): \(report.idleDifference)")
            #expect(report.means.count == 2 && report.means[0].loss != report.means[1].loss)
        }
    }

    @Test func tooShortTextsAreRefused() {
        #expect(throws: EvaluationError.self) { try run(PerplexitySettings(modes: [.full], lengths: [500])) }
        let strange = TokenizedText(id: "x", tokens: [1, 2, 4000])
        #expect(throws: EvaluationError.self) {
            try PerplexityEvaluation(
                model, settings: PerplexitySettings(modes: [.full], lengths: [3]), context: context
            ).run([strange])
        }
    }

    @Test func reportsAreEqualBytesAndReadBack() throws {
        let settings = PerplexitySettings(modes: [.ratio(4), .full, .lastWindow], lengths: [40, 80])
        var report = try run(settings)
        report.shortContext = try ShortContextEvaluation(model, context: context).run(texts, ratios: [2])
        let json = try report.json()
        var again = try run(settings)
        again.shortContext = report.shortContext
        #expect(try again.json() == json)
        let decoded = try JSONDecoder().decode(PerplexityReport.self, from: Data(json.utf8))
        #expect(try decoded.json() == json)
        #expect(report.text.contains("last window only"))
    }
}
