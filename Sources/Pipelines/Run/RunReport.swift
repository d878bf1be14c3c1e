public import Documents

/// What a run came to.
public struct RunReport: Sendable {
    public var documents = 0
    public var actions: [PlannedDocument.Action: Int] = [:]
    public var tokens = 0
    public var windows = 0
    public var beacons = 0
    public var textBytes = 0
    /// Bytes of keys and values that all tokens would take uncompressed, at fp16.
    public var rawBytes = 0
    /// Bytes of all caches in use.
    public var storedBytes = 0
    public var failures: [DocumentFailure] = []
    /// Records and members of archives that have no text.
    public var skipped = 0
    /// The ids of documents that were read and could not be published.
    public var unpublished: [String] = []

    public init() {}

    mutating func add(_ outcome: DocumentOutcome) {
        actions[outcome.action, default: 0] += 1
        guard outcome.action != .remove else { return }
        documents += 1
        tokens += outcome.tokens
        windows += outcome.windows
        beacons += outcome.beacons
        textBytes += outcome.textBytes
        rawBytes += outcome.rawBytes
        storedBytes += outcome.storedBytes
    }
}
