import FileAccess
import GRDB
import Safetensors

extension Catalog {
    /// Notes a cache that lies in the store, keeping its pin where it was known before.
    func record(_ cache: StoredCache, _ database: Database) throws {
        let known = try Row.fetchOne(
            database, sql: "SELECT pinned FROM caches WHERE identity = ?", arguments: [cache.identity.digest])
        let pinned = cache.isPinned || known.flatMap { Self.integer($0, "pinned") } == 1
        try write(cache, pinned: pinned, database)
    }

    /// Pins or unpins a cache; returns false where it is not known.
    func setPinned(_ pinned: Bool, cache identity: String, _ database: Database) throws -> Bool {
        guard let cache = try cache(identity, database) else { return false }
        try write(cache, pinned: pinned, database)
        return true
    }

    private func write(_ cache: StoredCache, pinned: Bool, _ database: Database) throws {
        let fields = cache.identity.fields.map {
            HeaderJSON.quoted($0.name) + ":" + HeaderJSON.quoted($0.value)
        }
        let text = "{\(fields.joined(separator: ","))}"
        let identity = cache.identity.digest
        let numbers = [
            cache.byteCount, cache.payloadByteCount, cache.tokens, cache.windows, cache.beacons,
            cache.segments,
            pinned ? 1 : 0,
        ]
        let digest = Self.rowDigest([identity, text, cache.fileDigest] + numbers.map { String($0) })
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO caches (identity, settings, text_digest, fields, bytes, file_digest, payload_bytes,
                    tokens, windows, beacons, segments, pinned, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                identity, cache.identity.settingsDigest, cache.textDigest ?? "", text, numbers[0],
                cache.fileDigest,
                numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], digest,
            ])
    }

    /// The size that the catalog notes for a cache, its row not checked; nil where it does not know the cache.
    func byteCount(ofCache identity: String, _ database: Database) throws -> Int? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT bytes FROM caches WHERE identity = ?"),
            arguments: [identity]
        )
        .flatMap { Self.integer($0, "bytes") }
    }

    /// The cache of that identity digest, its row checked.
    func cache(_ identity: String, _ database: Database) throws -> StoredCache? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM caches WHERE identity = ?"), arguments: [identity]
        )
        .map { try Self.cache($0) }
    }

    /// The next page of caches in byte order of their digests.
    func caches(after last: String?, _ database: Database) throws -> [StoredCache] {
        try Row.fetchAll(
            database,
            sql: "SELECT * FROM caches WHERE identity > ? ORDER BY identity LIMIT \(Self.pageRowCount)",
            arguments: [last ?? ""]
        ).map { try Self.cache($0) }
    }

    /// The cache of a row, its digest checked.
    static func cache(_ row: Row) throws -> StoredCache {
        let numbers = ["bytes", "payload_bytes", "tokens", "windows", "beacons", "segments", "pinned"].map {
            integer(row, $0)
        }
        guard let name = text(row, "identity"), let fields = text(row, "fields"),
            let fileDigest = text(row, "file_digest"), let digest = text(row, "digest"),
            let bytes = numbers[0], let payload = numbers[1], let tokens = numbers[2],
            let windows = numbers[3],
            let beacons = numbers[4], let segments = numbers[5], let pinned = numbers[6],
            rowDigest([name, fields, fileDigest] + numbers.map { $0.map { String($0) } }) == digest
        else { throw damagedRow("a cache") }
        let identity = CacheIdentity(
            unchecked: try StoreJSON.pairs(fields).map { CacheIdentity.Field(name: $0.key, value: $0.value) })
        guard identity.digest == name else { throw damagedRow("the cache \(name)") }
        return StoredCache(
            identity: identity, byteCount: bytes, fileDigest: fileDigest, payloadByteCount: payload,
            tokens: tokens,
            windows: windows, beacons: beacons, segments: segments, isPinned: pinned == 1)
    }
}
