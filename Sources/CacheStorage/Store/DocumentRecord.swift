/// What the store keeps of a document beside its text.
public struct DocumentRecord: Sendable, Hashable {
    public var collection: String
    /// Unique in the collection.
    public var id: String
    public var title: String?
    public var metadata: [String: String]
    /// Where the document came from, as JSON text of the caller's making.
    public var source: String
    /// The encoded source map, opaque to the store.
    public var sourceMap: [UInt8]

    public init(
        collection: String, id: String, title: String? = nil, metadata: [String: String] = [:],
        source: String = "{}",
        sourceMap: [UInt8] = []
    ) {
        self.collection = collection
        self.id = id
        self.title = title
        self.metadata = metadata
        self.source = source
        self.sourceMap = sourceMap
    }
}
