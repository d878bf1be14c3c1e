/// What came back for one hidden needle.
public struct RetrievalOutcome: Sendable, Hashable, Codable {
    public var length: Int
    /// Percent of the text before the needle.
    public var depth: Int
    public var mode: ContextMode
    public var question: String
    public var answers: [String]
    public var output: String
    /// Whether the output gives an answer.
    public var isFound: Bool
    /// What cells are coloured by, 0 to 1: pass keys by equality, needles by recall or by `isFound`.
    public var score: Double
    /// Edit similarity of a pass key.
    public var fuzzy: Double?
}
