/// What kept a question from being answered.
public struct AnsweringError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// The question is empty or malformed.
        case badQuestion = "bad-question"
        /// No document, segment or window could be chosen.
        case nothingChosen = "nothing-chosen"
    }

    public var code: Code
    public var message: String
    public var context: [String: String]

    public init(_ code: Code, _ message: String, context: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.context = context
    }

    public var description: String { message }
}
