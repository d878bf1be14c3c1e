/// How alike two texts are by insertions and deletions of code points: the "fuzz ratio".
public enum EditSimilarity {
    /// Twice the longest common subsequence over the sum of the lengths.
    ///
    /// - Returns: 0 to 1; 1 for two empty texts.
    public static func ratio(_ a: String, _ b: String) -> Double {
        let x = Array(a.unicodeScalars)
        let y = Array(b.unicodeScalars)
        guard !x.isEmpty || !y.isEmpty else { return 1 }
        return Double(2 * commonSubsequence(x, y)) / Double(x.count + y.count)
    }

    /// The ratio as a percentage, rounded half to even.
    public static func percentage(_ a: String, _ b: String) -> Int {
        Int((100 * ratio(a, b)).rounded(.toNearestOrEven))
    }

    /// Length of the longest common subsequence, with one row of memory.
    private static func commonSubsequence(_ x: [Unicode.Scalar], _ y: [Unicode.Scalar]) -> Int {
        var row = [Int](repeating: 0, count: y.count + 1)
        for scalar in x {
            var diagonal = 0
            for j in y.indices {
                let above = row[j + 1]
                row[j + 1] = scalar == y[j] ? diagonal + 1 : max(above, row[j])
                diagonal = above
            }
        }
        return row[y.count]
    }
}
