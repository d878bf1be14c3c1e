/// What a reader hands over, in the order of the source.
public enum DocumentResult: Sendable, Hashable {
    case document(Document)
    /// The source says that an earlier document is gone (PubMed's `DeleteCitation`, for one).
    case deletion(DocumentDeletion)
    /// A record or member without text, which is no failure.
    case skipped(DocumentSkip)
    /// Something could not be read. Reading goes on with what follows.
    case failure(DocumentFailure)
}
