/// A score of one prediction against one true answer.
public enum AnswerMetric: String, Sendable, Hashable, Codable, CaseIterable {
    case exactMatch = "exact-match"
    case f1
    case rougeL = "rouge-l"
    case editSimilarity = "edit-similarity"
    case classification
    case retrieval
    case count
    case code

    /// - Parameter classes: the names that `classification` chooses among.
    /// - Returns: 0 to 1.
    public func score(_ prediction: String, against truth: String, classes: [String] = []) -> Double {
        switch self {
        case .exactMatch: TokenF1.isExact(prediction, truth) ? 1 : 0
        case .f1: TokenF1.score(prediction, against: truth)
        case .rougeL: RougeL.score(prediction, against: truth)
        case .editSimilarity: EditSimilarity.ratio(prediction, truth)
        case .classification: SyntheticTaskScores.classification(prediction, truth: truth, classes: classes)
        case .retrieval: SyntheticTaskScores.retrieval(prediction, truth: truth)
        case .count: SyntheticTaskScores.count(prediction, truth: truth)
        case .code: SyntheticTaskScores.code(prediction, truth: truth)
        }
    }

    /// The best score over several true answers; 0 without any.
    public func best(_ prediction: String, against truths: [String], classes: [String] = []) -> Double {
        truths.map { score(prediction, against: $0, classes: classes) }.reduce(0, max)
    }
}
