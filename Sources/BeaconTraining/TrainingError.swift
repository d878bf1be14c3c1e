/// What the trainer reports: a code to act on, a message that says what to do, and where it happened.
public struct TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Kinds of failure.
    public enum Code: String, Sendable, Hashable {
        case invalidConfiguration
        case invalidRecipe
        case invalidData
        case missingTensor
        case wrongShape
        case invalidState
        case notFinite
        case unsupported
    }

    public var code: Code
    /// What was found, what was expected, what to do.
    public var message: String
    /// Path, line, tensor name and the like.
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
