import CacheStorage

/// A cache as the catalog knows it.
struct CacheItemReply: Encodable {
    var digest: String
    var fileDigest: String
    var bytes: Int
    var payloadBytes: Int
    var tokens: Int
    var windows: Int
    var beacons: Int
    var segments: Int
    var ratios: String
    var isPinned: Bool

    private enum CodingKeys: String, CodingKey {
        case digest, bytes, tokens, windows, beacons, segments, ratios
        case fileDigest = "file_digest"
        case payloadBytes = "payload_bytes"
        case isPinned = "pinned"
    }

    init(_ cache: StoredCache) {
        digest = cache.identity.digest
        fileDigest = cache.fileDigest
        bytes = cache.byteCount
        payloadBytes = cache.payloadByteCount
        tokens = cache.tokens
        windows = cache.windows
        beacons = cache.beacons
        segments = cache.segments
        ratios = cache.identity["ratios"] ?? ""
        isPinned = cache.isPinned
    }
}

/// A page of the store's caches, in the order of their digests.
struct CachesReply: Encodable {
    var caches: [CacheItemReply]
    /// What to give as `after` for the next page; nil on the last one.
    var next: String?

    private enum CodingKeys: String, CodingKey { case caches, next }

    init(_ store: CacheStore, after: String?, limit: Int) throws {
        let found = try store.caches(after: after, limit: limit + 1)
        caches = found.prefix(limit).map { CacheItemReply($0) }
        next = found.count > limit ? caches.last?.digest : nil
    }

    func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(caches, forKey: .caches)
        try keys.encode(next, forKey: .next)
    }
}

/// A cache with all that it was made from.
struct CacheReply: Encodable {
    var cache: CacheItemReply
    var identity: [String: String]

    init(_ store: CacheStore, digest: String) throws {
        guard let cache = try store.cache(digest: digest) else {
            throw ServiceError.notFound("there is no such cache", code: "cache-not-found")
        }
        self.cache = CacheItemReply(cache)
        identity = Dictionary(
            cache.identity.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
