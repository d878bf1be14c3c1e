/// What the store may cost before older caches give way, and what must stay free on its disk.
public struct RetentionSettings: Sendable, Hashable {
    /// The most bytes that the store may hold; no limit when nil.
    public var storeBytes: ByteSize?
    /// The bytes that must stay free on the store's file system; a run stops before using them.
    public var freeSpace: ByteSize?
    /// How long caches that no document of the collection uses any more are kept; until pruned by hand when nil.
    public var keep: Duration?

    /// Creates the settings that a pipeline file without `retention` has: no limits.
    public init() {}
}
