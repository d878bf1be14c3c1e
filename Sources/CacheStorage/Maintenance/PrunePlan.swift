public import SystemPackage

/// What `prune` would remove, and why.
public struct PrunePlan: Sendable, Hashable {
    /// A file to be removed.
    public struct Removal: Sendable, Hashable {
        public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
            case orphan, superseded, unfinished, age, unused, count, bytes
        }

        /// The identity digest of the cache.
        public let digest: String
        public let path: FilePath
        public let byteCount: Int
        public let reason: Reason
        /// Seconds since 1970.
        public let lastUse: Int
        /// The documents that lose their cache, as collection and id; the next run computes it again.
        public let documents: [String]
    }

    public var removals: [Removal] = []
    public var keptCaches = 0
    public var keptBytes = 0
    /// Caches that a rule would have removed but for their pin.
    public var pinned: [String] = []

    public var freedBytes: Int { removals.reduce(0) { $0 + $1.byteCount } }
}
