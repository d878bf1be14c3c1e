import CacheStorage

/// The size of the store, whole and by kind of cache.
struct StoreReply: Encodable {
    struct Group: Encodable {
        var collection: String?
        var model: String
        var ratios: String
        var encoding: String
        var caches: Int
        var bytes: Int
        var payloadBytes: Int
        var beacons: Int

        private enum CodingKeys: String, CodingKey {
            case collection, model, ratios, encoding, caches, bytes, beacons
            case payloadBytes = "payload_bytes"
        }
    }

    var collections: Int
    var documents: Int
    var caches: Int
    var tokens: Int
    var windows: Int
    var beacons: Int
    var textBytes: Int
    var cacheBytes: Int
    var payloadBytes: Int
    var usage: [Group]

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
        usage = try store.usage().map {
            Group(
                collection: $0.collection, model: $0.model, ratios: $0.ratios, encoding: $0.encoding,
                caches: $0.caches, bytes: $0.bytes, payloadBytes: $0.payloadBytes, beacons: $0.beacons)
        }
    }
}
