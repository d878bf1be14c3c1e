/// How many words of an answer and of the truth agree, after normalisation, as the harmonic mean of precision
/// and recall.
public enum TokenF1 {
    /// - Returns: 0 to 1; 0 where either side has no words left.
    public static func score(_ prediction: String, against truth: String) -> Double {
        score(AnswerNormalization.words(prediction), against: AnswerNormalization.words(truth))
    }

    static func score(_ prediction: [WordSplitting.Word], against truth: [WordSplitting.Word]) -> Double {
        var left: [WordSplitting.Word: Int] = [:]
        for word in truth { left[word, default: 0] += 1 }
        var common = 0
        for word in prediction {
            if let count = left[word], count > 0 {
                left[word] = count - 1
                common += 1
            }
        }
        guard common > 0 else { return 0 }
        let precision = Double(common) / Double(prediction.count)
        let recall = Double(common) / Double(truth.count)
        return 2 * precision * recall / (precision + recall)
    }

    /// Whether answer and truth are the same after normalisation.
    public static func isExact(_ prediction: String, _ truth: String) -> Bool {
        AnswerNormalization.words(prediction) == AnswerNormalization.words(truth)
    }
}
