/// A task of LongBench's English half: what it is scored by and how long its answers may be (reference §14).
public enum LongBenchTask: String, Sendable, Hashable, Codable, CaseIterable {
    case narrativeqa, qasper
    case multifieldqa = "multifieldqa_en"
    case hotpotqa
    case twoWikiMQA = "2wikimqa"
    case musique
    case govReport = "gov_report"
    case qmsum
    case multiNews = "multi_news"
    case trec, triviaqa, samsum
    case passageCount = "passage_count"
    case passageRetrieval = "passage_retrieval_en"
    case lcc
    case repobench = "repobench-p"

    public var metric: AnswerMetric {
        switch self {
        case .narrativeqa, .qasper, .multifieldqa, .hotpotqa, .twoWikiMQA, .musique, .triviaqa: .f1
        case .govReport, .qmsum, .multiNews, .samsum: .rougeL
        case .trec: .classification
        case .passageCount: .count
        case .passageRetrieval: .retrieval
        case .lcc, .repobench: .code
        }
    }

    /// Whether only the first line of an output counts: the tasks shown by example.
    public var keepsFirstLine: Bool {
        switch self {
        case .trec, .triviaqa, .samsum: true
        default: false
        }
    }

    /// Whether a line's end also ends the answer.
    public var stopsAtLineEnd: Bool {
        switch self {
        case .narrativeqa, .qasper, .multifieldqa, .hotpotqa, .twoWikiMQA, .musique, .samsum: true
        default: false
        }
    }

    /// Whether the prompt stands alone: what is shown by example, and code, has no chat template around it.
    public var standsAlone: Bool {
        switch category {
        case .fewShot, .code: true
        default: false
        }
    }

    /// The group that the benchmark's tables put the task in.
    public var category: LongBenchCategory {
        switch self {
        case .narrativeqa, .qasper, .multifieldqa: .oneDocument
        case .hotpotqa, .twoWikiMQA, .musique: .manyDocuments
        case .govReport, .qmsum, .multiNews: .summaries
        case .trec, .triviaqa, .samsum: .fewShot
        case .passageCount, .passageRetrieval: .synthetic
        case .lcc, .repobench: .code
        }
    }

    /// Longest output, in tokens.
    public var maxTokens: Int {
        switch self {
        case .hotpotqa, .twoWikiMQA, .musique, .triviaqa, .passageCount, .passageRetrieval: 32
        case .multifieldqa, .trec, .lcc, .repobench: 64
        case .narrativeqa, .qasper, .samsum: 128
        case .govReport, .qmsum, .multiNews: 512
        }
    }

    /// One output's score, best of several true answers.
    ///
    /// - Returns: 0 to 1.
    public func score(_ prediction: String, against truths: [String], classes: [String] = []) -> Double {
        let text =
            keepsFirstLine
            ? WordSplitting.firstLine(WordSplitting.droppingLeadingLineFeeds(prediction)) : prediction
        return metric.best(text, against: truths, classes: classes)
    }

    /// The whole task's score: the mean over its samples as a percentage, rounded to two places.
    ///
    /// - Returns: 0 without samples.
    public func score(predictions: [String], answers: [[String]], classes: [String] = []) -> Double {
        guard !predictions.isEmpty else { return 0 }
        var total = 0.0
        for (prediction, truths) in zip(predictions, answers) {
            total += score(prediction, against: truths, classes: classes)
        }
        return Rounding.places(100 * total / Double(predictions.count), 2)
    }
}
