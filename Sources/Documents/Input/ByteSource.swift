/// Bytes that come one after another: a file, standard input, what a decompressor makes of another source.
protocol ByteSource: AnyObject {
    /// The next bytes, never an empty chunk; `nil` at the end. Throws a ``DocumentFailure``.
    func read() throws -> [UInt8]?

    /// Passes over as many of the next bytes as it can without reading them, and says how many.
    func seek(_ count: Int) -> Int
}

extension ByteSource {
    func seek(_ count: Int) -> Int { 0 }
}

/// How many bytes a source hands over at most at a time.
let chunkBytes = 128 << 10
