import Documents

/// One result of reading the sources, with what the plan makes of it.
enum SourceEvent: Sendable, Codable {
    case document(SourceDocument)
    /// The sources withdraw the document of that id.
    case deletion(String)
    case failure(DocumentFailure)
    /// A record or member has no text.
    case skipped
}

/// A document that the sources hold.
struct SourceDocument: Sendable, Codable {
    var id: String
    var source: DocumentSource
    /// What its source says about a second document of its id.
    var duplicates: IDPolicy.Duplicates
    /// The digest of all that the sources say of it.
    var recordDigest: String
    /// The length of its text.
    var byteCount: Int
    /// What is to be done with it; nil where it is none of this run's.
    var decision: Decision?

    /// What a plan says of a document.
    struct Decision: Sendable, Codable {
        var action: PlannedDocument.Action
        var reason: String
        var tokens: Int
        var reusedWindows: Int
        var computedWindows: Int
        var cacheBytes: Int
        var copies: Int
        var textDigest: String

        init(_ planned: PlannedDocument) {
            action = planned.action
            reason = planned.reason
            tokens = planned.tokens
            reusedWindows = planned.reusedWindows
            computedWindows = planned.computedWindows
            cacheBytes = planned.cacheBytes
            copies = planned.copies
            textDigest = planned.textDigest
        }
    }

    /// The document in a plan; `ordinal` is its place among all documents of the sources.
    func planned(_ ordinal: Int) -> PlannedDocument? {
        decision.map { decision in
            var planned = PlannedDocument(
                id: id, action: decision.action, reason: decision.reason, tokens: decision.tokens,
                reusedWindows: decision.reusedWindows, computedWindows: decision.computedWindows,
                textDigest: decision.textDigest)
            planned.cacheBytes = decision.cacheBytes
            planned.copies = decision.copies
            planned.ordinal = ordinal
            planned.recordDigest = recordDigest
            return planned
        }
    }
}
