/// A document and the questions that one conversation asks about it.
public struct AnswerRequest: Sendable, Hashable {
    /// A name for the document, unique within an evaluation.
    public var id: String
    public var document: String
    /// Asked one after another; each sees the questions and answers before it.
    public var questions: [String]
    /// The first turn's exact text, document included, where its bytes matter; sources that answer from stored
    /// documents ignore it.
    public var firstTurn: String?
    /// Whether `firstTurn` is the whole prompt, with no chat template around it.
    public var isWholePrompt: Bool
    public var mode: ContextMode
    /// Longest answer, in tokens.
    public var maxTokens: Int
    /// Whether an answer ends with its line, whatever the model's layout says.
    public var stopsAtLineEnd: Bool

    public init(
        id: String, document: String, questions: [String], firstTurn: String? = nil,
        isWholePrompt: Bool = false, mode: ContextMode, maxTokens: Int = 50, stopsAtLineEnd: Bool = false
    ) {
        self.id = id
        self.document = document
        self.questions = questions
        self.firstTurn = firstTurn
        self.isWholePrompt = isWholePrompt
        self.mode = mode
        self.maxTokens = maxTokens
        self.stopsAtLineEnd = stopsAtLineEnd
    }
}
