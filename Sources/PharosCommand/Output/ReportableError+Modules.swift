import FileAccess
import Pipelines
import SystemPackage

// The error codes of the modules below the model and their exit statuses. The switches name each case, so that a
// new code does not compile until its status is settled here.

extension PipelinesError: ReportableError {
    var reportCode: String { code.rawValue }
    var reportMessage: String { message }
    var reportContext: [String: String] { context }
    var exitStatus: ExitStatus {
        switch code {
        case .badConfiguration, .unreadableConfiguration: .badConfiguration
        case .usage: .usage
        case .damagedState: .integrity
        case .tooManyFailures: .exhausted
        case .unwritableState: .failed
        }
    }
}

extension FileAccessError: ReportableError {
    var reportCode: String { "file-\(code.rawValue.kebabCased)" }
    var reportMessage: String { message }
    var reportContext: [String: String] { ["path": path.string] }
    var exitStatus: ExitStatus {
        switch code {
        case .missing, .wrongKind, .malformed, .size: .badInput
        case .notPermitted, .inputOutput: .failed
        case .noSpace: .exhausted
        case .locked: .locked
        }
    }
}

extension String {
    /// The word with a hyphen before each capital, in lower case: `noSpace` is `no-space`.
    fileprivate var kebabCased: String {
        map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
    }
}
