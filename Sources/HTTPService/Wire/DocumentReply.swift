import CacheStorage

/// A document whole, its text apart.
struct DocumentReply: Encodable {
    var document: DocumentItem
    /// Where the document came from, as JSON text.
    var source: String
    /// All that its cache was made from, by name.
    var identity: [String: String]

    init(_ store: CacheStore, _ stored: StoredDocument) throws {
        document = try DocumentItem(stored, store)
        source = stored.source
        let reader = try stored.cache.map { try store.openCache(digest: $0) }
        identity = Dictionary(
            (reader?.identity.fields ?? []).map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
