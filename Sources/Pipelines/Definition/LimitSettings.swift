/// What a single document may cost before it is refused. Corpora are not trusted.
public struct LimitSettings: Sendable, Hashable {
    /// The most bytes of one document's text.
    public var documentBytes: ByteSize
    /// The most bytes that one corpus file may decompress to; no limit when nil.
    public var fileBytes: ByteSize?
    /// How many times larger than its source an XML document may grow through entities.
    public var entityExpansion: Int
    /// The deepest nesting of XML elements.
    public var nestingDepth: Int
    /// How many times larger than its compressed form a file may become.
    public var decompressionRatio: Int

    /// Creates the limits that a pipeline file without `limits` has.
    public init() {
        self.documentBytes = .mebibytes(64)
        self.entityExpansion = 10
        self.nestingDepth = 256
        self.decompressionRatio = 1_000
    }
}
