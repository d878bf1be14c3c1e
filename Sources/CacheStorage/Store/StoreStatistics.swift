/// Counts over a whole store.
public struct StoreStatistics: Sendable, Hashable, Codable {
    public var collections: Int
    public var documents: Int
    public var textBytes: Int
    public var passages: Int
    public var caches: Int
    /// Bytes of the cache files.
    public var cacheBytes: Int
    /// Bytes of the caches' tensors before compression.
    public var payloadBytes: Int
    public var tokens: Int
    public var windows: Int
    public var beacons: Int
}
