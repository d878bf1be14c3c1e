import Answering

/// A question of several that got no answer.
struct UnansweredLine: Encodable {
    var id: String?
    var question: String
    var code: String
    var message: String
    var context: [String: String]
    /// The question's number among all, from 1.
    private let number: Int
    private let status: ExitStatus

    private enum CodingKeys: CodingKey {
        case id, question, code, message, context
    }

    /// - Throws: `error` itself where it is none of the question's, such as an output that cannot be written.
    init(_ question: Question, _ place: Int, _ error: any Error) throws {
        guard let error = error as? any ReportableError, !(error is CommandError) else { throw error }
        id = question.id
        self.question = question.question
        code = error.reportCode
        message = error.reportMessage
        context = error.reportContext
        number = place + 1
        switch error.exitStatus {
        // These say that something is wrong with the store, whatever was asked.
        case .identityMismatch, .integrity: status = error.exitStatus
        default: status = .someDocumentsFailed
        }
    }

    /// Tells of it among the answers, as JSON or on standard error; gives the status to exit with in the end.
    func show(asJSON: Bool) throws -> ExitStatus {
        if asJSON {
            try JSONLines(StandardStream.output).write("error", self)
        } else {
            try StandardStream.error.write("pharos: question \(id ?? String(number)): \(message)\n")
        }
        return status
    }
}
