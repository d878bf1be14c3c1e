import GRDB

extension CacheStore {
    /// Counts over the whole store, from the catalog alone.
    public func statistics() throws -> StoreStatistics {
        try catalog.read { database in
            func number(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
            return StoreStatistics(
                collections: try number("SELECT COUNT(DISTINCT collection) FROM documents"),
                documents: try number("SELECT COUNT(*) FROM documents"),
                textBytes: try number("SELECT SUM(text_bytes) FROM documents"),
                passages: try number("SELECT COUNT(*) FROM passages"),
                caches: try number("SELECT COUNT(*) FROM caches"),
                cacheBytes: try number("SELECT SUM(bytes) FROM caches"),
                payloadBytes: try number("SELECT SUM(payload_bytes) FROM caches"),
                tokens: try number("SELECT SUM(tokens) FROM caches"),
                windows: try number("SELECT SUM(windows) FROM caches"),
                beacons: try number("SELECT SUM(beacons) FROM caches"))
        }
    }
}
