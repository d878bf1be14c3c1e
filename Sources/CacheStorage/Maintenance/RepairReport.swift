/// What `repair` did.
public struct RepairReport: Sendable, Hashable {
    /// Documents in the rebuilt catalog.
    public var documents = 0
    /// Caches in the rebuilt catalog.
    public var caches = 0
    /// Runs kept from the former catalog; 0 where it could not be read.
    public var runs = 0
    /// Files that were damaged or not needed and have been removed, with the reason.
    public var removed: [StoreFinding] = []
    /// Documents whose cache is not there; the next run computes it.
    public var withoutCache: [String] = []
}
