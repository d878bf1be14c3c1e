public import Documents

/// Told of a run's progress, from several threads.
public protocol RunObserver: Sendable {
    /// Windows were computed.
    func advanced(tokens: Int)
    /// A document is published, or taken care of otherwise.
    func finished(_ document: DocumentOutcome)
    /// - Parameter document: its id, where that is known.
    func failed(_ failure: DocumentFailure, document: String?)
}

/// What became of one document.
public struct DocumentOutcome: Sendable, Hashable, Encodable {
    public var id: String
    public var action: PlannedDocument.Action
    public var reason: String
    public var tokens = 0
    public var windows = 0
    public var beacons = 0
    /// Bytes of the text.
    public var textBytes = 0
    /// Bytes of keys and values that the text's tokens would take uncompressed, at fp16.
    public var rawBytes = 0
    /// Bytes of the stored cache.
    public var storedBytes = 0

    private enum CodingKeys: String, CodingKey {
        case id, action, reason, tokens, windows, beacons
        case textBytes = "text_bytes"
        case rawBytes = "raw_bytes"
        case storedBytes = "stored_bytes"
    }
}
