/// The scores of LongBench's tasks that have one short, checkable answer each.
public enum SyntheticTaskScores {
    /// Share of the numbers in the prediction that equal the true count.
    public static func count(_ prediction: String, truth: String) -> Double {
        share(of: truth, in: WordSplitting.digitRuns(prediction))
    }

    /// Share of the numbers in the prediction that equal the truth's paragraph number.
    ///
    /// - Parameter truth: holds "Paragraph" and a number; without, the score is 0.
    public static func retrieval(_ prediction: String, truth: String) -> Double {
        let key = Array("Paragraph ".unicodeScalars)
        let scalars = Array(truth.unicodeScalars)
        for start in scalars.indices where scalars[start...].starts(with: key) {
            let digits = scalars[(start + key.count)...].prefix {
                $0.properties.generalCategory == .decimalNumber
            }
            if !digits.isEmpty {
                return share(
                    of: String(String.UnicodeScalarView(digits)), in: WordSplitting.digitRuns(prediction))
            }
        }
        return 0
    }

    /// One over the number of classes that the prediction names, if the true one is among them.
    ///
    /// Classes whose name is part of the true one's do not count. As published, removing one makes the next
    /// of the list escape the test.
    public static func classification(_ prediction: String, truth: String, classes: [String]) -> Double {
        var named = classes.filter { contains(prediction, $0) }
        var index = 0
        while index < named.count {
            let name = named[index]
            if contains(truth, name), !WordSplitting.areEqual(name, truth),
                let first = named.firstIndex(where: { WordSplitting.areEqual($0, name) })
            {
                named.remove(at: first)
            }
            index += 1
        }
        return named.contains { WordSplitting.areEqual($0, truth) } ? 1 / Double(named.count) : 0
    }

    /// Edit similarity of the prediction's first line that holds no backtick and no comment mark.
    public static func code(_ prediction: String, truth: String) -> Double {
        let lines = WordSplitting.droppingLeadingLineFeeds(prediction).unicodeScalars.split(
            separator: "\n", omittingEmptySubsequences: false)
        let line = lines.lazy.map { String(String.UnicodeScalarView($0)) }.first { line in
            !["`", "#", "//"].contains { contains(line, $0) }
        }
        return Double(EditSimilarity.percentage(line ?? "", truth)) / 100
    }

    private static func share(of number: String, in numbers: [String]) -> Double {
        guard !numbers.isEmpty else { return 0 }
        return Double(numbers.count { WordSplitting.areEqual($0, number) }) / Double(numbers.count)
    }

    /// Whether `part` occurs in `text`, code point by code point.
    private static func contains(_ text: String, _ part: String) -> Bool {
        let needle = Array(part.utf8)
        guard let first = needle.first else { return true }
        let bytes = Array(text.utf8)
        guard bytes.count >= needle.count else { return false }
        return (0...(bytes.count - needle.count)).contains {
            bytes[$0] == first && bytes[$0..<($0 + needle.count)].elementsEqual(needle)
        }
    }
}
