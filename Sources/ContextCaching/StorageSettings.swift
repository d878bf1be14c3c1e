public import CacheStorage

/// How a collection's keys and values are stored.
public struct StorageSettings: Sendable, Hashable {
    public var keys: KeyValueEncoding
    public var values: KeyValueEncoding
    /// zstd level, 1 to 19.
    public var level: Int

    public init(keys: KeyValueEncoding = .int8, values: KeyValueEncoding = .int8, level: Int = 3) {
        self.keys = keys
        self.values = values
        self.level = level
    }
}
