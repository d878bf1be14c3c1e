/// How far one case lies from its reference values.
public struct ConformanceResult: Sendable, Hashable {
    public var name: String
    /// Largest absolute difference per tensor; plan, tokens and counts give 0 or the number of mismatches.
    public var tensors: [String: Double]
    /// Whether everything compared lies within the tolerance.
    public var pass: Bool
    /// Why values differ on purpose: a defect of the published code that is not copied.
    public var differsByDesign: String?
    /// The first mismatch of the plan, in words.
    public var planMismatch: String?
    /// Largest difference relative to the reference tensor's largest magnitude.
    public var relative: Double
}
