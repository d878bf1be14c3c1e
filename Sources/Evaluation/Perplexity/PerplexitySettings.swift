/// What a measurement of perplexity covers.
public struct PerplexitySettings: Sendable, Hashable, Codable {
    public var modes: [ContextMode]
    /// Input tokens of a segment; each gives a point of the curve.
    public var lengths: [Int]
    /// Tokens from one segment's start to the next one's; 0 = only the first segment of each text.
    public var stride: Int
    /// The token to put before every segment, if the tokenizer has one.
    public var beginOfText: Int32?

    public init(modes: [ContextMode], lengths: [Int], stride: Int = 0, beginOfText: Int32? = nil) {
        self.modes = modes
        self.lengths = lengths
        self.stride = stride
        self.beginOfText = beginOfText
    }
}
