import CacheStorage

/// The size of the store, whole and by kind of cache.
struct StoreReply: Encodable {
    var collections: Int
    var documents: Int
    var caches: Int
    var tokens: Int
    var windows: Int
    var beacons: Int
    var textBytes: Int
    var cacheBytes: Int
    var payloadBytes: Int
    var usage: [DiskUsage]

    private enum CodingKeys: String, CodingKey {
        case collections, documents, caches, tokens, windows, beacons, usage
        case textBytes = "text_bytes"
        case cacheBytes = "cache_bytes"
        case payloadBytes = "payload_bytes"
    }

    init(_ store: CacheStore) throws {
        let counts = try store.statistics()
        collections = counts.collections
        documents = counts.documents
        caches = counts.caches
        tokens = counts.tokens
        windows = counts.windows
        beacons = counts.beacons
        textBytes = counts.textBytes
        cacheBytes = counts.cacheBytes
        payloadBytes = counts.payloadBytes
        usage = try store.usage()
    }
}
