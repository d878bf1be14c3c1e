/// What went wrong while a tokenizer was read, a conversation laid out, or a vocabulary trained.
///
/// The message says what was found, what was expected and what to do; `context` names the place.
public struct TokenizationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure, for programs.
    public enum Code: String, Hashable, Sendable {
        /// The file could not be read.
        case unreadableFile
        /// The bytes are not JSON, or JSON that tokenizers never contain (a key twice, a number too large).
        case malformedJSON
        /// The JSON is well formed but describes no usable tokenizer.
        case invalidTokenizer
        /// The tokenizer uses a component this module does not implement.
        case unsupportedComponent
        /// The conversation does not fit the chat template.
        case invalidConversation
        /// The request names a chat template that does not exist.
        case unknownTemplate
        /// The training options or texts allow no vocabulary.
        case invalidTraining
    }

    /// The kind of failure.
    public var code: Code
    /// What was found, what was expected, what to do.
    public var message: String
    /// Where: `path` (of the file), `offset` (byte), `component` (path inside the JSON), `index`.
    public var context: [String: String]

    /// Creates an error.
    public init(_ code: Code, _ message: String, context: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.context = context
    }

    /// The message, followed by the context in alphabetical order.
    public var description: String {
        guard !context.isEmpty else { return message }
        let places = context.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return "\(message) (\(places.joined(separator: ", ")))"
    }
}
