/// A document that a run could not process, and where it stands in its source.
public struct FailureRecord: Sendable, Hashable, Codable {
    public var run: String
    public var collection: String
    /// The document's id, where it has one.
    public var document: String?
    /// The kind of failure, for machines.
    public var code: String
    public var message: String
    public var file: String?
    public var line: Int?
    public var column: Int?
    /// The path of the element.
    public var path: String?

    public init(
        run: String, collection: String, document: String?, code: String, message: String,
        file: String? = nil,
        line: Int? = nil, column: Int? = nil, path: String? = nil
    ) {
        self.run = run
        self.collection = collection
        self.document = document
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.path = path
    }
}
