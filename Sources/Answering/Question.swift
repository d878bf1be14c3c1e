/// A question put to a store.
public struct Question: Sendable, Hashable, Codable {
    public var id: String?
    public var question: String
    /// The documents to answer from; chosen by search where none are named.
    public var documents: [String]?
    /// The known answer, where there is one, and the document it stands in.
    public var answer: String?
    public var document: String?
    public var kind: String?

    public init(_ question: String, id: String? = nil, documents: [String]? = nil) {
        self.question = question
        self.id = id
        self.documents = documents
    }
}
