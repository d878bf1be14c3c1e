/// Bytes that come one after another: a file, standard input, what a decompressor makes of another source.
protocol ByteSource: AnyObject {
    /// The next bytes, never an empty chunk; `nil` at the end. Throws a ``DocumentFailure``.
    func read() throws -> [UInt8]?
}

/// How many bytes a source hands over at most at a time.
let chunkBytes = 128 << 10
