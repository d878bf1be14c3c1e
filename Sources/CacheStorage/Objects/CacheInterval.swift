/// What one beacon or raw entry stands for.
public struct CacheInterval: Sendable, Hashable, Codable {
    /// Tokens of the document, counted over all segments.
    public var tokens: Range<Int>
    /// Bytes of the document's UTF-8 text.
    public var bytes: Range<Int>

    public init(tokens: Range<Int>, bytes: Range<Int>) {
        self.tokens = tokens
        self.bytes = bytes
    }
}
