/// ROUGE-L of whole texts, as version 1.0.1 of the Python package `rouge` computes it, by which the published
/// results were scored.
///
/// Texts are cut into sentences at full stops. Of every pair of sentences the longest common subsequence is
/// taken, and the *set* of its words joined with those of all other pairs. Hence "repeat repeat repeat" fully
/// matches "repeat", and the order of sentences does not matter. A sentence of nothing but white space counts
/// as one empty word.
public struct RougeL: Sendable, Hashable {
    public var precision: Double
    public var recall: Double
    /// Harmonic mean, with the package's 1e-8 in the denominator: never quite 1.
    public var f: Double

    /// - Returns: `nil` where one side has no sentence, which the package refuses.
    public init?(_ prediction: String, against truth: String) {
        let predicted = Self.sentences(prediction)
        let expected = Self.sentences(truth)
        guard !predicted.isEmpty, !expected.isEmpty else { return nil }
        var union: Set<WordSplitting.Word> = []
        for reference in expected {
            for sentence in predicted { union.formUnion(Self.commonWords(reference, sentence)) }
        }
        let common = Double(union.count)
        recall = common / Double(Set(expected.joined()).count)
        precision = common / Double(Set(predicted.joined()).count)
        f = 2.0 * ((precision * recall) / (precision + recall + 1e-8))
    }

    /// F of ROUGE-L; 0 where one side has no sentence.
    public static func score(_ prediction: String, against truth: String) -> Double {
        RougeL(prediction, against: truth)?.f ?? 0
    }

    /// Words by sentence; a sentence without words is one empty word.
    private static func sentences(_ text: String) -> [[WordSplitting.Word]] {
        text.unicodeScalars.split(separator: ".").map { sentence in
            let words = WordSplitting.words(sentence)
            return words.isEmpty ? [[]] : words
        }
    }

    /// The words of one longest common subsequence: of several, the one the package walks back to.
    private static func commonWords(
        _ x: [WordSplitting.Word], _ y: [WordSplitting.Word]
    ) -> Set<WordSplitting.Word> {
        let width = y.count + 1
        var table = [Int32](repeating: 0, count: (x.count + 1) * width)
        for i in 1...x.count {
            for j in 1...y.count {
                table[i * width + j] =
                    x[i - 1] == y[j - 1]
                    ? table[(i - 1) * width + j - 1] + 1
                    : max(table[(i - 1) * width + j], table[i * width + j - 1])
            }
        }
        var result: Set<WordSplitting.Word> = []
        var (i, j) = (x.count, y.count)
        while i > 0, j > 0 {
            if x[i - 1] == y[j - 1] {
                result.insert(x[i - 1])
                i -= 1
                j -= 1
            } else if table[(i - 1) * width + j] > table[i * width + j - 1] {
                i -= 1
            } else {
                j -= 1
            }
        }
        return result
    }
}
