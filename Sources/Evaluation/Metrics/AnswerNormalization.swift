/// The form in which answers to questions are compared: lower case, no ASCII punctuation, no articles, single
/// spaces.
public enum AnswerNormalization {
    /// The normalised words of `text`.
    static func words(_ text: String) -> [WordSplitting.Word] {
        let kept = text.lowercased().unicodeScalars.filter { !isPunctuation($0) }
        var result: [Unicode.Scalar] = []
        var run: [Unicode.Scalar] = []
        func flush() {
            result += isArticle(run) ? [" "] : run
            run = []
        }
        for scalar in kept {
            if WordSplitting.isWordScalar(scalar) {
                run.append(scalar)
            } else {
                flush()
                result.append(scalar)
            }
        }
        flush()
        return WordSplitting.words(result)
    }

    /// The normalised text: its words, one space between two.
    public static func normalized(_ text: String) -> String {
        words(text).map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
    }

    /// The 32 punctuation characters of ASCII.
    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    private static func isArticle(_ word: [Unicode.Scalar]) -> Bool {
        word == ["a"] || word == ["a", "n"] || word == ["t", "h", "e"]
    }
}
