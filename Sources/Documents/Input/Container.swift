/// Compression around a file, recognised by its first bytes, one layer inside the other.
enum Container {
    /// The content of a source that may be compressed; `nesting` counts the layers taken off so far.
    static func unwrap(
        _ source: any ByteSource, limits: DocumentLimits, budget: ContainerBudget, nesting: inout Int
    ) throws -> PeekableSource {
        var current = PeekableSource(source)
        while let compression = Compression(magic: try current.peek(16)) {
            try enter(&nesting, limits)
            current = PeekableSource(try compression.decompress(current, limits: limits, budget: budget))
        }
        return current
    }

    /// Counts a container. Throws when there are too many inside one another.
    static func enter(_ nesting: inout Int, _ limits: DocumentLimits) throws {
        nesting += 1
        guard nesting <= limits.nesting else {
            throw DocumentFailure(
                .limit, "containers inside containers, more than \(limits.nesting) (limit nesting)")
        }
    }
}
