/// What one memory entry stands for: a span of a document's tokens and of its text.
public struct Interval: Sendable, Hashable {
    /// Tokens of the document; empty where the entry stands for the prompt's head alone.
    public var tokens: Range<Int>
    /// Bytes of the document's UTF-8 text.
    public var bytes: Range<Int>

    public init(tokens: Range<Int>, bytes: Range<Int>) {
        self.tokens = tokens
        self.bytes = bytes
    }
}
