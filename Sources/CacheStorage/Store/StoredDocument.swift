/// A document as the catalog knows it; the source map is fetched apart.
public struct StoredDocument: Sendable, Hashable {
    public let collection: String
    public let id: String
    public let title: String?
    public let metadata: [String: String]
    /// Where the document came from, as JSON text.
    public let source: String
    /// The SHA-256 of the text.
    public let textDigest: String
    /// The text's length in bytes.
    public let textByteCount: Int
    /// The digest that names the text object.
    public let textObject: String
    /// The SHA-256 of the text object's file.
    public let textFileDigest: String
    /// The identity digest of the cache that was published with the document; nil where none was.
    public let cache: String?
    /// The identity digests of further caches of the same text, such as a finer copy.
    public let companions: [String]

    /// All caches that belong to the document as it is.
    public var caches: [String] { (cache.map { [$0] } ?? []) + companions }
}
