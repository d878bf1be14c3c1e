/// How much the tokens of questions and answers count.
public struct AnswerWeights: Sendable, Hashable {
    /// Each answer token.
    public var answer: Float
    /// The first two answer tokens: choosing the value is harder than continuing it.
    public var opening: Float

    public init(answer: Float = 4, opening: Float = 12) {
        self.answer = answer
        self.opening = opening
    }
}
