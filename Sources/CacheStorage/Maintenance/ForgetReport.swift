/// What `forget` removed.
public struct ForgetReport: Sendable, Hashable {
    /// Whether the catalog knew the document.
    public var wasPublished = false
    public var texts = 0
    public var passages = 0
    /// Identity digests of the removed caches and journals.
    public var caches: [String] = []
    public var failures = 0
    /// Lines of the files about runs.
    public var runLines = 0
    public var bytes = 0

    /// Adds what another store removed of the same document.
    mutating func add(_ other: ForgetReport) {
        wasPublished = wasPublished || other.wasPublished
        texts += other.texts
        passages += other.passages
        caches += other.caches.filter { !caches.contains($0) }
        failures += other.failures
        runLines += other.runLines
        bytes += other.bytes
    }
}
