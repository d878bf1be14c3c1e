public import Tokenization

/// A document's text as tokens, with the prompt's head in front of every segment.
public struct DocumentTokens: Sendable {
    /// UTF-8 of the document.
    public let text: [UInt8]
    /// Tokens of the text alone, with byte offsets.
    public let encoding: TokenEncoding
    /// Tokens that stand before a document's text.
    public let head: [Int32]

    public init(text: [UInt8], encoding: TokenEncoding, head: [Int32]) {
        self.text = text
        self.encoding = encoding
        self.head = head
    }

    /// Encodes `text` after the head of a layout; special tokens come with the head only.
    ///
    /// - Parameter head: the head's tokens.
    public init(text: String, head: [Int32], layout: PromptLayout, tokenizer: Tokenizer) {
        let bytes = Array(text.utf8)
        self.init(text: bytes, encoding: layout.documentTokens(utf8: bytes, tokenizer), head: head)
    }

    public var count: Int { encoding.ids.count }

    /// The interval of tokens `range`.
    public func interval(_ range: Range<Int>) -> Interval {
        guard let first = range.first, let last = range.last else {
            let byte = range.lowerBound < count ? Int(encoding.starts[range.lowerBound]) : text.count
            return Interval(tokens: range, bytes: byte..<byte)
        }
        let start = Int(encoding.starts[first])
        return Interval(tokens: range, bytes: start..<max(start, Int(encoding.ends[last])))
    }
}
