/// How far an evaluation is, told after every sample.
public struct EvaluationProgress: Sendable, Hashable {
    public var done: Int
    public var total: Int
    /// What was just finished, in a few words.
    public var label: String

    public init(done: Int, total: Int, label: String) {
        self.done = done
        self.total = total
        self.label = label
    }
}
