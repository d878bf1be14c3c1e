/// Tokens of one sequence and how much the prediction of each counts.
public struct LabelledTokens: Sendable, Hashable {
    public var tokens: [Int32]
    /// Weight of the loss of predicting token `i`; 0 = no label. The first one is never predicted.
    public var weights: [Float]

    public init(tokens: [Int32], weights: [Float]) {
        precondition(tokens.count == weights.count)
        self.tokens = tokens
        self.weights = weights
    }

    /// Every token counts once.
    public init(_ tokens: [Int32]) {
        self.init(tokens: tokens, weights: [Float](repeating: 1, count: tokens.count))
    }
}
