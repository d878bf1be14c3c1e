/// How well an output states a pass key: its first run of digits against the key.
public struct PasskeyScore: Sendable, Hashable, Codable {
    /// The first run of digits; empty where there is none.
    public var extracted: String
    /// 1 where it equals the key.
    public var accuracy: Double
    /// Edit similarity, rounded to two places.
    public var fuzzy: Double

    public init(_ output: String, passkey: String) {
        extracted = WordSplitting.digitRuns(output).first ?? ""
        accuracy = WordSplitting.areEqual(extracted, passkey) ? 1 : 0
        fuzzy = Rounding.places(Double(EditSimilarity.percentage(extracted, passkey)) / 100, 2)
    }
}
