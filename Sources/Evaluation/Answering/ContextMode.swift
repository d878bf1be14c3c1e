public import BeaconModel
public import Tensors

/// How a model sees a long context in an evaluation.
public enum ContextMode: Sendable, Hashable {
    /// Compressed, with ratios as the model's own rule chooses them.
    case adaptive
    /// Compressed, every window at one ratio; 0 keeps raw activations.
    case ratio(Int)
    /// The ordinary model over the whole context, beacons idle.
    case full
    /// The ordinary model over the last window alone: what is left without compression at the same cost.
    case lastWindow

    /// Reads `adaptive`, `full`, `last-window`, or a ratio.
    public init?(_ text: String) {
        switch text {
        case "adaptive": self = .adaptive
        case "full": self = .full
        case "last-window": self = .lastWindow
        default:
            let digits = text.hasPrefix("ratio-") ? text.dropFirst(6) : text[...]
            guard let ratio = Int(digits), ratio >= 0, digits.allSatisfy(\.isASCII) else { return nil }
            self = .ratio(ratio)
        }
    }

    /// The spelling in reports: `adaptive`, `ratio-4`, `full`, `last-window`.
    public var name: String {
        switch self {
        case .adaptive: "adaptive"
        case .ratio(let ratio): "ratio-\(ratio)"
        case .full: "full"
        case .lastWindow: "last-window"
        }
    }

    /// The wording in tables and pictures.
    public var title: String {
        switch self {
        case .adaptive: "adaptive"
        case .ratio(let ratio): "ratio \(ratio)"
        case .full: "uncompressed"
        case .lastWindow: "last window only"
        }
    }

    /// A fresh sequence in this mode; for `lastWindow`, one that is to be given no more than a window.
    ///
    /// - Throws: `EvaluationError` of code `badRequest` for a ratio beyond the window.
    public func sequence(_ model: LanguageModel, context: ComputeContext) throws -> BeaconSequence {
        switch self {
        case .adaptive:
            return BeaconSequence(model, context: context)
        case .ratio(let ratio):
            var settings = model.configuration.beacon
            guard ratio == 0 || settings.windowSize % ratio == 0 else {
                throw EvaluationError(
                    .badRequest,
                    "ratio \(ratio) does not divide the model's window of \(settings.windowSize) tokens",
                    context: ["ratio": "\(ratio)"])
            }
            settings.ratios = [ratio]
            return BeaconSequence(model, settings: settings, context: context)
        case .full, .lastWindow:
            return BeaconSequence(model, isCompressing: false, context: context)
        }
    }
}

extension ContextMode: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let mode = ContextMode(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text)' is no mode; expected adaptive, ratio-N, full or last-window")
        }
        self = mode
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
