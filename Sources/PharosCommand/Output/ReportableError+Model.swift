import BeaconModel
import Evaluation

// The error codes of the model's modules and their exit statuses; see `ReportableError+Modules.swift`.

extension ModelError: ReportableError {
    var reportCode: String { "model-\(code.rawValue)" }
    var reportMessage: String { message }
    var reportContext: [String: String] { context }
    var exitStatus: ExitStatus {
        switch code {
        case .missingFile, .badConfiguration, .badTensor, .badToken: .badInput
        case .badRequest: .failed
        }
    }
}

extension EvaluationError: ReportableError {
    var reportCode: String { "evaluation-\(code.rawValue)" }
    var reportMessage: String { message }
    var reportContext: [String: String] { context }
    var exitStatus: ExitStatus {
        switch code {
        case .badInput: .badInput
        case .badRequest: .usage
        }
    }
}
