/// What is wrong with a command as it was given.
struct CommandError: ReportableError, Hashable, CustomStringConvertible {
    enum Code: String, Hashable {
        case usage
        case badInput = "bad-input"
        case storeMissing = "store-missing"
        case exhausted
        case failed
    }

    var code: Code
    var message: String
    /// What to do.
    var hint: String?

    init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    var description: String { reportMessage }
    var reportCode: String { "command-\(code.rawValue)" }
    var reportMessage: String { hint.map { "\(message); \($0)" } ?? message }
    var reportContext: [String: String] { [:] }
    var exitStatus: ExitStatus {
        switch code {
        case .usage: .usage
        case .badInput: .badInput
        case .storeMissing: .storeMissing
        case .exhausted: .exhausted
        case .failed: .failed
        }
    }
}
