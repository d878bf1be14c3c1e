/// Compression and archives around a file, recognised by their first bytes, one inside the other.
enum Container {
    /// The content of a file that may be compressed, several times at most.
    static func unwrap(_ source: any ByteSource, limits: DocumentLimits) throws -> PeekableSource {
        var current = PeekableSource(source)
        var depth = 0
        while let compression = Compression(magic: try current.peek(16)) {
            depth += 1
            guard depth <= limits.nesting else {
                throw DocumentFailure(
                    .limit, "containers inside containers, more than \(limits.nesting) (limit nesting)")
            }
            current = PeekableSource(try compression.decompress(current, limits: limits))
        }
        return current
    }
}
