/// Which caches a store may lose.
///
/// Pinned caches are never removed. Times are seconds since 1970.
public struct PrunePolicy: Sendable, Hashable {
    /// Complete caches that the catalog does not know.
    public var orphans: Bool
    /// Caches that no document names any more.
    public var superseded: Bool
    /// Journals of unfinished caches.
    public var journals: Bool
    /// Caches written before this time.
    public var writtenBefore: Int?
    /// Caches last used, or where never used written, before this time.
    public var unusedSince: Int?
    /// At most so many caches are kept.
    public var maximumCount: Int?
    /// At most so many bytes of caches are kept.
    public var maximumByteCount: Int?

    public init(
        orphans: Bool = false, superseded: Bool = false, journals: Bool = false, writtenBefore: Int? = nil,
        unusedSince: Int? = nil, maximumCount: Int? = nil, maximumByteCount: Int? = nil
    ) {
        self.orphans = orphans
        self.superseded = superseded
        self.journals = journals
        self.writtenBefore = writtenBefore
        self.unusedSince = unusedSince
        self.maximumCount = maximumCount
        self.maximumByteCount = maximumByteCount
    }
}
