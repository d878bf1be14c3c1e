/// What a test with hidden needles covers.
public struct NeedleSettings: Sendable, Hashable, Codable {
    /// How outputs are scored.
    public enum Scoring: String, Sendable, Hashable, Codable {
        /// ROUGE-L recall of the first line against the needle, as published.
        case recall
        /// 1 where an answer is found in the output.
        case found
        /// 1 where the first run of digits is the key, as published for pass keys.
        case passkey
    }

    public var modes: [ContextMode]
    public var lengths: [Int]
    /// Percent of the text before the needle.
    public var depths: [Int]
    /// Needles per length and depth.
    public var samples: Int
    /// Longest answer, in tokens.
    public var maxTokens: Int
    public var scoring: Scoring

    public init(
        modes: [ContextMode], lengths: [Int], depths: [Int] = EvaluationGrid.depths, samples: Int = 1,
        maxTokens: Int = 50, scoring: Scoring
    ) {
        self.modes = modes
        self.lengths = lengths
        self.depths = depths
        self.samples = samples
        self.maxTokens = maxTokens
        self.scoring = scoring
    }
}
