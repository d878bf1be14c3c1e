/// Numbers at equal distances, such as the lengths and depths of the published evaluations.
public enum EvaluationGrid {
    /// `count` integers from `low` to `high`, both included, each cut to its whole part.
    public static func spaced(from low: Int, to high: Int, count: Int) -> [Int] {
        guard count > 1 else { return [low] }
        let step = Double(high - low) / Double(count - 1)
        return (0..<count).map { $0 == count - 1 ? high : Int(Double($0) * step + Double(low)) }
    }

    /// Lengths of the published needle test.
    public static let needleLengths = spaced(from: 8192, to: 131_072, count: 10)
    /// Lengths of the published passkey test.
    public static let passkeyLengths = spaced(from: 8192, to: 131_072, count: 20)
    /// Depths of both.
    public static let depths = spaced(from: 0, to: 100, count: 10)
}
