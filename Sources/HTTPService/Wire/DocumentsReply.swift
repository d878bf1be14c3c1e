import CacheStorage

/// A page of a collection's documents, in the order of the bytes of their ids.
struct DocumentsReply: Encodable {
    var documents: [DocumentItem]
    /// What to give as `after` for the next page; nil on the last one.
    var next: String?

    private enum CodingKeys: String, CodingKey { case documents, next }

    /// - Throws: ``ServiceError`` where there is no such collection.
    init(_ store: CacheStore, collection: String, after: String?, limit: Int) throws {
        let found = try store.documents(in: collection, after: after, limit: limit + 1)
        if found.isEmpty { _ = try CollectionsReply.one(collection, store) }
        next = found.count > limit ? found[limit - 1].id : nil
        documents = try found.prefix(limit).map { try DocumentItem($0, store) }
    }

    func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(documents, forKey: .documents)
        try keys.encode(next, forKey: .next)
    }
}

/// A document and what its cache takes.
struct DocumentItem: Encodable {
    var id: String
    var collection: String
    var title: String?
    var metadata: [String: String]
    var textBytes: Int
    var textDigest: String
    var cache: CacheItemReply?

    private enum CodingKeys: String, CodingKey {
        case id, collection, title, metadata, cache
        case textBytes = "text_bytes"
        case textDigest = "text_digest"
    }

    init(_ document: StoredDocument, _ store: CacheStore) throws {
        id = document.id
        collection = document.collection
        title = document.title
        metadata = document.metadata
        textBytes = document.textByteCount
        textDigest = document.textDigest
        cache = try document.cache.flatMap { try store.cache(digest: $0) }.map { CacheItemReply($0) }
    }
}
