import Answering
import BeaconModel
import BeaconTraining
import Evaluation
import Safetensors
import SystemPackage
import Tokenization

// The error codes of the model's modules and their exit statuses; see `ReportableError+Modules.swift`.

extension ModelError: ReportableError {
    var reportCode: String { "model-\(code.rawValue)" }
    var reportMessage: String { message }
    var reportContext: [String: String] { context }
    var exitStatus: ExitStatus {
        switch code {
        case .missingFile, .badConfiguration, .badTensor, .badToken: .badInput
        case .badRequest: .usage
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

extension SafetensorsError: ReportableError {
    var reportCode: String { "safetensors-\(code.rawValue)" }
    var reportMessage: String { message }
    var reportContext: [String: String] {
        var context: [String: String] = [:]
        context["path"] = path?.string
        context["tensor"] = tensor
        return context
    }
    var exitStatus: ExitStatus {
        switch code {
        case .header, .json, .offsets, .shape, .type, .missing, .value: .badInput
        }
    }
}

extension TokenizationError: ReportableError {
    var reportCode: String { "tokenizer-\(code.rawValue.kebabCased)" }
    var reportMessage: String { message }
    var reportContext: [String: String] { context }
    var exitStatus: ExitStatus {
        switch code {
        case .unreadableFile, .malformedJSON, .invalidTokenizer, .unsupportedComponent, .invalidConversation:
            .badInput
        case .unknownTemplate, .invalidTraining: .usage
        }
    }
}

extension AnsweringError: ReportableError {
    var reportCode: String { "answering-\(code.rawValue)" }
    var reportMessage: String { message }
    var reportContext: [String: String] { context }
    var exitStatus: ExitStatus {
        switch code {
        case .badQuestion: .badInput
        case .nothingChosen: .failed
        case .tooLarge: .exhausted
        case .busy: .tryAgain
        }
    }
}

extension TrainingError: ReportableError {
    var reportCode: String { "training-\(code.rawValue.kebabCased)" }
    var reportMessage: String { message }
    var reportContext: [String: String] { context }
    var exitStatus: ExitStatus {
        switch code {
        case .invalidConfiguration, .invalidRecipe: .badConfiguration
        case .invalidData, .missingTensor, .wrongShape: .badInput
        case .invalidState: .integrity
        case .notFinite, .unsupported: .failed
        }
    }
}
