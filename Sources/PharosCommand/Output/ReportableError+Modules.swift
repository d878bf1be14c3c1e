import CacheStorage
import Documents
import FileAccess
import Pipelines
import SystemPackage
import Zstandard

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
        case .damagedState, .damagedShards: .integrity
        case .corpusChanged, .staleShards: .badInput
        case .tooManyFailures: .exhausted
        case .unwritableState, .missingShards: .failed
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

extension CacheStorageError: ReportableError {
    var reportCode: String { "store-\(code.rawValue.kebabCased)" }
    var reportMessage: String { message }
    var reportContext: [String: String] {
        var context: [String: String] = [:]
        context["path"] = path?.string
        return context
    }
    var exitStatus: ExitStatus {
        switch code {
        case .noStore: .storeMissing
        case .identity, .pruned: .identityMismatch
        case .missing, .damaged, .format, .catalog: .integrity
        case .locked: .locked
        case .noSpace: .exhausted
        case .key, .unknown: .usage
        case .value, .notPermitted, .inputOutput: .failed
        }
    }
}

extension DocumentFailure: ReportableError {
    var reportCode: String { "document-\(code.rawValue)" }
    var reportMessage: String { description }
    var reportContext: [String: String] {
        var context: [String: String] = [:]
        context["file"] = file
        context["member"] = member
        context["line"] = line.map { String($0) }
        context["column"] = column.map { String($0) }
        context["path"] = path
        context["byte"] = byteOffset.map { String($0) }
        return context
    }
    var exitStatus: ExitStatus {
        switch code {
        case .unreadable, .notFound, .malformed, .encoding, .container, .id, .empty: .badInput
        case .limit: .exhausted
        case .definition: .badConfiguration
        }
    }
}

extension ZstandardError: ReportableError {
    var reportCode: String { "zstandard-\(code.rawValue.kebabCased)" }
    var reportMessage: String { message }
    var reportContext: [String: String] {
        var context: [String: String] = [:]
        context["offset"] = offset.map { String($0) }
        return context
    }
    var exitStatus: ExitStatus {
        switch code {
        case .damaged, .truncated, .seekTable: .integrity
        case .limit: .exhausted
        case .library: .failed
        }
    }
}

extension String {
    /// The word with a hyphen before each capital, in lower case: `noSpace` is `no-space`.
    var kebabCased: String {
        map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
    }
}
