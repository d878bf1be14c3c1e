/// How the compression ratio of a window is chosen among `beacon_ratio` (reference §5).
public enum RatioRule: Sendable, Hashable {
    /// One uniform draw per window.
    case stepRandom
    /// One uniform draw per sequence.
    case instanceRandom
    /// The next of the list, cyclically.
    case sequence
    /// The smallest ratio that fits the first call's length plus `newTokens` into the model's context.
    case adapt(newTokens: Int)

    /// Reads the checkpoint's spelling: `step-random`, `instance-random`, `sequence`, `adapt-N`.
    public init(checkpoint text: String) throws {
        switch text {
        case "step-random": self = .stepRandom
        case "instance-random": self = .instanceRandom
        case "sequence": self = .sequence
        default:
            guard text.hasPrefix("adapt-"), let count = Int(text.dropFirst(6)), (0...1 << 30).contains(count)
            else {
                throw ModelError(
                    .badConfiguration,
                    "beacon_ratio_mix is '\(text)'; expected step-random, instance-random, sequence or adapt-N"
                )
            }
            self = .adapt(newTokens: count)
        }
    }

    public var checkpointSpelling: String {
        switch self {
        case .stepRandom: "step-random"
        case .instanceRandom: "instance-random"
        case .sequence: "sequence"
        case .adapt(let count): "adapt-\(count)"
        }
    }
}
