/// What went wrong in a model directory or while running a model.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// A file of the model directory is missing or unreadable.
        case missingFile = "missing-file"
        /// `config.json` says something impossible or something this program cannot run.
        case badConfiguration = "bad-configuration"
        /// A tensor is missing or has the wrong shape or type.
        case badTensor = "bad-tensor"
        /// A token id lies outside the vocabulary.
        case badToken = "bad-token"
        /// A call does not fit the state of the sequence.
        case badRequest = "bad-request"
    }

    public var code: Code
    /// What was found, what was expected, what to do.
    public var message: String
    /// Path, tensor, key or offset at fault.
    public var context: [String: String]

    public init(_ code: Code, _ message: String, context: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.context = context
    }

    public var description: String {
        let details = context.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return details.isEmpty ? message : "\(message) (\(details.joined(separator: ", ")))"
    }
}
