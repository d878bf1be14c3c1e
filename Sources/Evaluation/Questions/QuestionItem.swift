/// One question about one document, with what counts as its answer.
public struct QuestionItem: Sendable, Hashable {
    public var id: String
    /// Equal for questions about the same document.
    public var documentID: String
    public var document: String
    public var question: String
    /// Any of them is right; empty where the document does not tell.
    public var answers: [String]
    /// Names to choose among, for tasks of classification.
    public var classes: [String]
    public var task: LongBenchTask?

    public init(
        id: String, documentID: String, document: String, question: String, answers: [String],
        classes: [String] = [], task: LongBenchTask? = nil
    ) {
        self.id = id
        self.documentID = documentID
        self.document = document
        self.question = question
        self.answers = answers
        self.classes = classes
        self.task = task
    }

    public var isAnswerable: Bool { !answers.isEmpty }
}
