/// The form in which answers to questions are compared: lower case, no ASCII punctuation, no articles, single
/// spaces.
public enum AnswerNormalization {
    /// The normalised words of `text`.
    static func words(_ text: String) -> [WordSplitting.Word] {
        let kept = lowercased(text).unicodeScalars.filter { !isPunctuation($0) }
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

    /// Lower case as Python's `str.lower` has it: a capital sigma at a word's end becomes a final one.
    private static func lowercased(_ text: String) -> String {
        let sigma: Unicode.Scalar = "\u{3A3}"
        let scalars = Array(text.unicodeScalars)
        guard scalars.contains(sigma) else { return text.lowercased() }
        func isCased(_ scalar: Unicode.Scalar?) -> Bool { scalar?.properties.isCased ?? false }
        func isSeen(_ scalar: Unicode.Scalar) -> Bool { !scalar.properties.isCaseIgnorable }
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            guard scalar == sigma else {
                result += scalar.properties.lowercaseMapping
                continue
            }
            let isFinal =
                isCased(scalars[..<index].last(where: isSeen))
                && !isCased(scalars[(index + 1)...].first(where: isSeen))
            result += isFinal ? "\u{3C2}" : "\u{3C3}"
        }
        return result
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
