/// A piece of a document that a search can find: a window, a few of them, or a segment.
public struct Passage: Sendable, Hashable, Codable {
    /// The segment of the document's cache.
    public var segment: Int
    /// The windows it covers, numbered over the whole document; empty for an open window.
    public var windows: Range<Int>
    /// The bytes of the document's text.
    public var bytes: Range<Int>

    public init(segment: Int, windows: Range<Int>, bytes: Range<Int>) {
        self.segment = segment
        self.windows = windows
        self.bytes = bytes
    }
}
