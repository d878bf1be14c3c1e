/// How far the compression of an upload has come.
public struct UploadProgress: Sendable, Hashable, Codable {
    /// Documents found in the file.
    public var documents = 0
    public var documentsDone = 0
    /// Tokens that the model has to read.
    public var tokens = 0
    public var tokensDone = 0
    /// What could not be read of the file, in words.
    public var failures: [String] = []
    /// Ids of the documents that are published.
    public var published: [String] = []
    /// Who holds the store, while the upload waits for it, in words.
    public var heldBy: String?

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case documents, tokens, failures, published
        case documentsDone = "documents_done"
        case tokensDone = "tokens_done"
        case heldBy = "held_by"
    }
}
