/// What kept a question from being answered.
public struct AnsweringError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// The question is empty or malformed.
        case badQuestion = "bad-question"
        /// No document, segment or window could be chosen.
        case nothingChosen = "nothing-chosen"
        /// What was asked about takes up more memory than is allowed.
        case tooLarge = "too-large"
        /// What was asked about finds no room beside what other questions are being answered from.
        case busy
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
