import Evaluation
import Foundation
import Testing

/// The metrics against values of the paper authors' published evaluation code.
@Suite struct MetricTests {
    struct Values: Decodable {
        struct Pair: Decodable {
            var prediction: String
            var truth: String
            var score: Double
            var classes: [String]?
        }
        struct Fuzz: Decodable {
            var a: String
            var b: String
            var score: Int
        }
        struct Needle: Decodable {
            var prediction: String
            var needle: String
            var score: Double
        }
        struct Passkey: Decodable {
            var output: String
            var passkey: String
            var extracted: String
            var accuracy: Double
            var fuzzy: Double
        }
        struct Normalized: Decodable {
            var text: String
            var normalized: String
        }
        struct Scorer: Decodable {
            var task: String
            var predictions: [String]
            var answers: [[String]]
            var score: Double
        }
        var qaF1: [Pair]
        var rougeL: [Pair]
        var fuzzRatio: [Fuzz]
        var needleRougeLRecall: [Needle]
        var passkey: [Passkey]
        var classification: [Pair]
        var retrieval: [Pair]
        var count: [Pair]
        var codeSimilarity: [Pair]
        var normalized: [Normalized]
        var scorer: [Scorer]
    }

    let values: Values

    init() throws { values = try EvaluationFixtures.decode(Values.self, "metrics.json") }

    @Test func tokenF1EqualsTheReference() {
        for pair in values.qaF1 {
            #expect(TokenF1.score(pair.prediction, against: pair.truth) == pair.score, "\(pair)")
        }
        for row in values.normalized {
            #expect(AnswerNormalization.normalized(row.text) == row.normalized)
        }
    }

    @Test func rougeLEqualsTheReference() {
        for pair in values.rougeL {
            #expect(RougeL.score(pair.prediction, against: pair.truth) == pair.score, "\(pair)")
        }
        for row in values.needleRougeLRecall {
            #expect(NeedleRecall.score(row.prediction, needle: row.needle) == row.score, "\(row)")
        }
    }

    @Test func editSimilarityEqualsTheReference() {
        for row in values.fuzzRatio {
            #expect(EditSimilarity.percentage(row.a, row.b) == row.score, "\(row)")
        }
        #expect(EditSimilarity.percentage("", "") == 100)
    }

    @Test func passkeyScoresEqualTheReference() {
        for row in values.passkey {
            let score = PasskeyScore(row.output, passkey: row.passkey)
            #expect(score.extracted == row.extracted)
            #expect(score.accuracy == row.accuracy && score.fuzzy == row.fuzzy, "\(row)")
        }
    }

    @Test(arguments: [AnswerMetric.classification, .retrieval, .count, .code])
    func syntheticTasksEqualTheReference(metric: AnswerMetric) {
        let pairs: [Values.Pair] =
            switch metric {
            case .classification: values.classification
            case .retrieval: values.retrieval
            case .count: values.count
            default: values.codeSimilarity
            }
        #expect(!pairs.isEmpty)
        for pair in pairs {
            let score = metric.score(pair.prediction, against: pair.truth, classes: pair.classes ?? [])
            #expect(score == pair.score, "\(pair)")
        }
    }

    @Test func taskScoresEqualTheReference() throws {
        for row in values.scorer {
            let task = try #require(LongBenchTask(rawValue: row.task))
            #expect(
                task.score(predictions: row.predictions, answers: row.answers) == row.score, "\(row.task)")
        }
    }

    @Test func wordsAreComparedByCodePoint() {
        #expect(TokenF1.score("cafe\u{301}", against: "caf\u{e9}") == 0)
        #expect(TokenF1.isExact("The  Harbour.", "harbour"))
        // A capital sigma ends a word as a final one, as in Python.
        #expect(AnswerNormalization.normalized("ΣΟΦΟΣ, Σ Σ. ΟΔΟΣ'") == "σοφος σ σ οδος")
        #expect(!TokenF1.isExact("harbours", "harbour"))
        #expect(RougeL.score("...", against: "word") == 0)
    }

    @Test func bestOfSeveralAnswersCounts() {
        #expect(AnswerMetric.f1.best("red", against: ["blue", "red"]) == 1)
        #expect(AnswerMetric.f1.best("red", against: []) == 0)
        #expect(AnswerMetric.editSimilarity.score("kitten", against: "sitting") > 0.6)
    }
}
