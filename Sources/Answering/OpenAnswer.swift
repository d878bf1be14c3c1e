import BeaconModel

/// An answer whose tokens are being chosen, one after another.
struct OpenAnswer {
    let question: String
    let sequence: BeaconSequence
    /// What the last token was followed by, `[vocabulary]`.
    var logits: [Float]
    var stream: AnswerStream
    let stopTokens: Set<Int32>
    let maxTokens: Int
    var sampler: Sampler
    /// The logits of the first token, where they are to be kept.
    var firstLogits: [Float] = []
    var questionTokens = 0
    var seconds = Answer.Seconds()
    private(set) var tokens: [Int32] = []

    init(
        question: String, sequence: BeaconSequence, logits: [Float], stream: AnswerStream,
        stopTokens: Set<Int32>, maxTokens: Int, sampler: Sampler
    ) {
        self.question = question
        self.sequence = sequence
        self.logits = logits
        self.stream = stream
        self.stopTokens = stopTokens
        self.maxTokens = maxTokens
        self.sampler = sampler
    }

    /// Chooses the next token.
    ///
    /// - Parameter onText: told of what the token adds to the answer.
    /// - Returns: the token to feed, whose logits decide the one after it; nil when the answer has ended.
    mutating func next(_ onText: (String) throws -> Void) throws -> Int32? {
        guard tokens.count < maxTokens else { return try end(onText) }
        let token = sampler.next(logits)
        guard !stopTokens.contains(token) else { return try end(onText) }
        tokens.append(token)
        let (text, goesOn) = stream.push(token)
        if !text.isEmpty { try onText(text) }
        return goesOn && tokens.count < maxTokens ? token : try end(onText)
    }

    private mutating func end(_ onText: (String) throws -> Void) throws -> Int32? {
        let rest = stream.finish()
        if !rest.isEmpty { try onText(rest) }
        return nil
    }

    /// The answer without what it rests on.
    var answer: Answer {
        Answer(
            question: question, text: stream.text, tokens: tokens, firstLogits: firstLogits, citations: [],
            reusedTokens: 0,
            computedTokens: 0, questionTokens: questionTokens, documents: [], seconds: seconds)
    }
}
