/// What a run does with one document, and why.
public struct PlannedDocument: Sendable, Hashable, Encodable {
    public enum Action: String, Sendable, Hashable, Codable, CaseIterable {
        /// The model reads all of it.
        case compress
        /// Its unchanged beginning is copied from the cache it had, the rest is computed.
        case extend
        /// Its cache is there; at most its catalog row changes.
        case reuse
        /// It left the sources: its rows and text go, its cache stays until it is pruned.
        case remove
        /// Its cache cannot be stored, for the reason given: the document counts as failed.
        case skip
    }

    public var id: String
    public var action: Action
    public var reason: String
    /// Tokens of the text.
    public var tokens: Int
    /// Windows that need no model.
    public var reusedWindows: Int
    /// Windows that the model has to read.
    public var computedWindows: Int
    /// Bytes that its caches will take before compression; 0 where none is made.
    public var cacheBytes = 0
    /// How many caches of the text are wanted: two where there is a finer copy.
    var copies = 1
    /// SHA-256 of the text that was planned; a text that changes before its turn is planned again.
    var textDigest: String
    /// The document's place among all documents of the sources, those of other shards included.
    var ordinal = 0
    /// The digest of all that the sources say of the document.
    var recordDigest = ""
    /// Whether the sources gave several documents of the id, so that ``recordDigest`` must tell which is meant.
    var isRepeated = false

    private enum CodingKeys: String, CodingKey {
        case id, action, reason, tokens
        case reusedWindows = "reused_windows"
        case computedWindows = "computed_windows"
        case cacheBytes = "cache_bytes"
    }
}

extension PlannedDocument {
    /// The same decision for another reason.
    func because(_ reason: String) -> PlannedDocument {
        var document = self
        document.reason = reason
        return document
    }

    /// Makes the decision that nothing is to be done.
    mutating func stays(because reason: String) {
        action = .reuse
        self.reason = reason
        tokens = 0
        reusedWindows = 0
        computedWindows = 0
        cacheBytes = 0
    }
}
