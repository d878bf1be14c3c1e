/// How rotary angles are stretched beyond the trained length (`rope_scaling`, reference §10).
public enum RotaryScaling: Sendable, Hashable {
    case none
    /// Positions divided by `factor`.
    case linear(factor: Double)
    /// The base grows with the longest length seen.
    case dynamic(factor: Double)
    /// Interpolation by frequency, with a temperature of `0.07 ln(factor) + 1` on queries and keys.
    case yarn(factor: Double)
    /// Llama 3.1's interpolation by wavelength.
    case llama3(factor: Double, originalLength: Int, lowFrequency: Double, highFrequency: Double)

    /// What the trained length is multiplied by; 1 without scaling.
    public var factor: Double {
        switch self {
        case .none: 1
        case .linear(let factor), .dynamic(let factor), .yarn(let factor): factor
        case .llama3(let factor, _, _, _): factor
        }
    }
}
