import CacheStorage

/// The collections of the store.
struct CollectionsReply: Encodable {
    struct Item: Encodable {
        var name: String
        /// The name that chat clients give as their model.
        var model: String
        var documents: Int
        var textBytes: Int

        private enum CodingKeys: String, CodingKey {
            case name, model, documents
            case textBytes = "text_bytes"
        }
    }

    var collections: [Item]

    init(_ store: CacheStore) throws {
        collections = try store.collections().map { try Self.count($0, store) }
    }

    /// One collection.
    static func one(_ name: String, _ store: CacheStore) throws -> Item {
        let item = try count(name, store)
        guard item.documents > 0 else {
            throw ServiceError.notFound("there is no such collection", code: "collection-not-found")
        }
        return item
    }

    private static func count(_ name: String, _ store: CacheStore) throws -> Item {
        let size = try store.documentCount(in: name)
        return Item(
            name: name, model: "pharos/\(name)", documents: size.documents, textBytes: size.textBytes)
    }
}
