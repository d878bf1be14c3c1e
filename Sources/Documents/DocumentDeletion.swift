/// The source withdraws a document that it gave before.
public struct DocumentDeletion: Sendable, Hashable {
    public var id: String
    public var source: DocumentSource

    public init(id: String, source: DocumentSource) {
        self.id = id
        self.source = source
    }
}
