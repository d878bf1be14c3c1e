/// Writes a file in the *Zstandard Seekable Format* to any sink, frame by frame.
public struct SeekableZstdWriter: ~Copyable {
    /// The frames written so far.
    public private(set) var table = SeekTable()
    private let encoder: ZstdEncoder
    private let sink: ([UInt8]) throws -> Void

    /// A writer that hands every piece of the file to `sink` in order.
    public init(level: Int = ZstdEncoder.defaultLevel, sink: @escaping ([UInt8]) throws -> Void) throws {
        encoder = try ZstdEncoder(level: level)
        self.sink = sink
    }

    /// Compresses `content` into a frame of its own.
    public mutating func append(_ content: [UInt8]) throws {
        let frame = try encoder.frame(content)
        try table.append(frame: frame, contentByteCount: content.count)
        try sink(frame)
    }

    /// Adds a frame compressed before, unread.
    public mutating func append(frame: [UInt8], contentByteCount: Int) throws {
        try table.append(frame: frame, contentByteCount: contentByteCount)
        try sink(frame)
    }

    /// Writes the seek table, the end of the file.
    public consuming func finish() throws {
        try sink(table.bytes())
    }
}
