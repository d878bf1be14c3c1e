/// Titles in reStructuredText.
enum SectionTitle {
    /// The first title: a line underlined, perhaps overlined too, with one sign as long as itself.
    static func first(_ text: String) -> String? {
        var before: Substring = ""
        var previous: Substring = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(2000) {
            let title = previous.trimmed
            // A title under no other line starts at the margin.
            let isTitle = !title.isEmpty && !isRule(previous) && (isRule(before) || previous.first != " ")
            if isTitle, isRule(line), line.trimmed.count >= min(title.count, 4),
                before.trimmed.isEmpty || isRule(before)
            {
                return title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
            before = previous
            previous = line
        }
        return nil
    }

    /// One sign again and again, and nothing else.
    private static func isRule(_ line: Substring) -> Bool {
        let signs = line.trimmed
        guard signs.count > 1, let first = signs.first, line.first == first else { return false }
        return first.isASCII && (first.isPunctuation || first.isSymbol) && signs.allSatisfy { $0 == first }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
