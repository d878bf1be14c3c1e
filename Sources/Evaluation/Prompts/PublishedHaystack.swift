/// A haystack's tokens, made once for all depths of one length.
public struct PublishedHaystack: Sendable, Hashable {
    /// Tokens of the prompts it is for.
    public var length: Int
    public var tokens: [Int32]
}
