/// What kept an evaluation from running.
public struct EvaluationError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// A file of cases, samples or reference values is missing or malformed.
        case badInput = "bad-input"
        /// The settings ask for something the model or the data cannot give.
        case badRequest = "bad-request"
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
