/// What a single document or file may cost before it is refused. Corpora are not trusted.
public struct LimitSettings: Sendable, Hashable {
    /// What ``documentBytes`` may be at most: texts are tokenised, stored and read back in one piece.
    public static let maximumDocumentBytes = ByteSize.gibibytes(1)
    /// What ``depth`` may be at most: nested values are read by functions that call themselves.
    public static let maximumDepth = 1_000

    /// The most bytes of one document's text.
    public var documentBytes: ByteSize
    /// The longest work on one document.
    public var documentTime: Duration
    /// The most XML elements, or JSON values, open at a time.
    public var depth: Int
    /// How many times larger than its source an XML document may grow through entities.
    public var entityExpansion: Int
    /// The most members of one archive.
    public var members: Int
    /// The most decompressed bytes of one member, or of one compressed file.
    public var memberBytes: ByteSize
    /// The most decompressed bytes of one file with all its members.
    public var fileBytes: ByteSize
    /// The most decompressed bytes for each compressed byte.
    public var decompressionRatio: Int
    /// The most containers inside containers: `a.tar.gz` is two.
    public var nesting: Int

    /// Creates the limits that a pipeline file without `limits` has.
    public init() {
        self.documentBytes = .mebibytes(64)
        self.documentTime = .seconds(120)
        self.depth = 256
        self.entityExpansion = 10
        self.members = 1_000_000
        self.memberBytes = .gibibytes(64)
        self.fileBytes = .gibibytes(256)
        self.decompressionRatio = 400
        self.nesting = 4
    }
}
