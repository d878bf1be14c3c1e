/// A made document with questions that it answers, and some that it does not.
public struct QuestionDocument: Sendable, Hashable {
    public struct Question: Sendable, Hashable {
        public var question: String
        public var answer: String
        /// UTF-8 offset of the end of the value in the text; nil where the text does not tell.
        public var valueEnd: Int?

        public init(question: String, answer: String, valueEnd: Int?) {
            self.question = question
            self.answer = answer
            self.valueEnd = valueEnd
        }
    }

    public var text: String
    public var questions: [Question]

    public init(text: String, questions: [Question]) {
        self.text = text
        self.questions = questions
    }

    /// What the answer says where the document does not tell.
    public static let notStated = "not stated"

    /// The prompt after the document: `\nQuestion: …\nAnswer:`.
    public static func prompt(_ question: String) -> String { "\nQuestion: \(question)\nAnswer:" }

    /// What follows the prompt: one space, the answer, the line's end.
    public static func completion(_ answer: String) -> String { " \(answer)\n" }
}
