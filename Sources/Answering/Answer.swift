/// An answer, what it rests on, and what it cost.
public struct Answer: Sendable, Hashable {
    public struct Seconds: Sendable, Hashable, Codable {
        public var choose = 0.0
        public var restore = 0.0
        public var question = 0.0
        public var decode = 0.0

        public init() {}
    }

    public var question: String
    public var text: String
    /// The generated tokens.
    public var tokens: [Int32]
    /// The logits of the first of them, `[vocabulary]`; empty unless asked for.
    public var firstLogits: [Float] = []
    public var citations: [Citation]
    /// What was in memory, and how much the answer looked at each interval of it.
    public var attended: [AttendedInterval] = []
    /// Document tokens that came from caches.
    public var reusedTokens: Int
    /// Document tokens that went through the model for this answer: none, unless a control was asked for.
    public var computedTokens: Int
    /// Tokens of the question and its surroundings.
    public var questionTokens: Int
    /// Windows that were laid from a finer copy.
    public var promoted = 0
    /// Documents whose caches were in memory.
    public var documents: [String]
    public var seconds: Seconds
}
