/// A sentence that an answer's tokens looked at.
public struct Citation: Sendable, Hashable, Codable {
    public var document: String
    /// Bytes of the document's text.
    public var bytes: Range<Int>
    /// Line of the document's text, from 1.
    public var line: Int
    public var quote: String
    /// Share of the attention that the answer paid to documents.
    public var attention: Double

    public init(document: String, bytes: Range<Int>, line: Int, quote: String, attention: Double) {
        self.document = document
        self.bytes = bytes
        self.line = line
        self.quote = quote
        self.attention = attention
    }

    private enum Keys: String, CodingKey { case document, bytes, line, quote, attention }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Keys.self)
        let bounds = try keys.decode([Int].self, forKey: .bytes)
        guard bounds.count == 2, bounds[0] <= bounds[1] else {
            throw DecodingError.dataCorruptedError(
                forKey: .bytes, in: keys, debugDescription: "bytes is [start, end]")
        }
        self.init(
            document: try keys.decode(String.self, forKey: .document), bytes: bounds[0]..<bounds[1],
            line: try keys.decode(Int.self, forKey: .line),
            quote: try keys.decode(String.self, forKey: .quote),
            attention: try keys.decode(Double.self, forKey: .attention))
    }

    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: Keys.self)
        try keys.encode(document, forKey: .document)
        try keys.encode([bytes.lowerBound, bytes.upperBound], forKey: .bytes)
        try keys.encode(line, forKey: .line)
        try keys.encode(quote, forKey: .quote)
        try keys.encode(attention, forKey: .attention)
    }
}
