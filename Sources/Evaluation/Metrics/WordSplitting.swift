/// Text cut the way the published metrics cut it: by code points, not by grapheme clusters, and with the white
/// space that Python's `str.split` knows.
enum WordSplitting {
    /// One word as code points: equal only to the very same code points, whatever Unicode calls equivalent.
    typealias Word = [Unicode.Scalar]

    /// The words between runs of white space.
    static func words(_ text: some Sequence<Unicode.Scalar>) -> [Word] {
        var result: [Word] = []
        var word: Word = []
        for scalar in text {
            if isSpace(scalar) {
                if !word.isEmpty { result.append(word) }
                word = []
            } else {
                word.append(scalar)
            }
        }
        if !word.isEmpty { result.append(word) }
        return result
    }

    /// The text up to the first line feed.
    static func firstLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix { $0 != "\n" }))
    }

    /// The text without the line feeds at its start.
    static func droppingLeadingLineFeeds(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.drop { $0 == "\n" }))
    }

    /// The text without the white space at its ends.
    static func trimmed(_ text: String) -> String {
        let rest = text.unicodeScalars.drop(while: isSpace)
        guard let end = rest.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(String.UnicodeScalarView(rest[...end]))
    }

    /// Unicode's white space and the four separators of ASCII.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }

    /// Letters, numbers and the underscore: what a regular expression's `\w` takes.
    static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "_" { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            return true
        default:
            return false
        }
    }

    /// The runs of decimal digits, of any script, in order.
    static func digitRuns(_ text: String) -> [String] {
        let runs = text.unicodeScalars.split { $0.properties.generalCategory != .decimalNumber }
        return runs.map { String(String.UnicodeScalarView($0)) }
    }

    /// Whether two texts have the same code points.
    static func areEqual(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
}
