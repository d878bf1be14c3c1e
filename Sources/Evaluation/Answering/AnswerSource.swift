/// What answers questions about documents in an evaluation: the model alone, or a store of compressed documents.
public protocol AnswerSource: Sendable {
    /// What the source is, for reports: `model`, `store`.
    var name: String { get }

    /// Whether questions can only be put the source's own way, so that a protocol's exact wording is left out.
    var usesOwnLayout: Bool { get }

    /// One answer per question, in order, without the marks that end them.
    func answers(to request: AnswerRequest) async throws -> [String]
}
