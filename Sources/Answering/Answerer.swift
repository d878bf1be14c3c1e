public import BeaconModel
public import ContextCaching
public import Tensors
public import Tokenization

/// Reads questions against restored memory and decodes answers.
public struct Answerer: Sendable {
    public struct Options: Sendable {
        public var maxTokens = 64
        public var sampler = Sampler()
        /// Sentences quoted at most.
        public var citations = 3
        /// Whether the answer keeps the logits of its first token.
        public var keepsLogits = false

        public init() {}
    }

    public let model: LanguageModel
    public let tokenizer: Tokenizer
    public let layout: PromptLayout
    public let settings: BeaconConfiguration
    public let context: ComputeContext

    public init(
        model: LanguageModel, tokenizer: Tokenizer, layout: PromptLayout, settings: BeaconConfiguration,
        context: ComputeContext
    ) {
        self.model = model
        self.tokenizer = tokenizer
        self.layout = layout
        self.settings = settings
        self.context = context
    }

    /// Answers `question` from `parts` alone.
    ///
    /// - Parameters:
    ///   - texts: UTF-8 of the parts' documents, for quotes; the model never sees it.
    ///   - onText: told of each piece of the answer as it is decoded.
    public func answer(
        _ question: String, parts: [ContextPart], texts: [String: [UInt8]], options: Options = Options(),
        onText: (String) throws -> Void = { _ in }
    ) throws -> Answer {
        let clock = ContinuousClock()
        let begin = clock.now
        let memory = try ContextMemory(parts, model: model, settings: settings, context: context)
        let restore = (clock.now - begin).seconds
        var open = try read(question, into: memory.sequence, options: options)
        open.seconds.restore = restore
        try decode(&open, onText)
        let basis = AnswerBasis(memory, documents: parts.map(\.document), texts: texts)
        return EndedAnswer(open, basis: basis, citations: options.citations).complete()
    }

    /// Answers from document texts fed uncompressed: the control that compressed answers are held against.
    public func answerUncompressed(
        _ question: String, texts: [String], options: Options = Options()
    ) throws -> Answer {
        let clock = ContinuousClock()
        let sequence = BeaconSequence(model, settings: settings, isCompressing: false, context: context)
        var tokens = layout.headTokens(tokenizer)
        for text in texts { tokens += layout.documentTokens(utf8: Array(text.utf8), tokenizer).ids }
        let begin = clock.now
        try sequence.feed(tokens, logits: .none)
        let restore = (clock.now - begin).seconds
        var open = try read(question, into: sequence, options: options)
        open.seconds.restore = restore
        try decode(&open) { _ in }
        var answer = open.answer
        answer.computedTokens = tokens.count
        return answer
    }

    /// Reads the question, so that the first token can be chosen.
    ///
    /// - Parameter check: called after each pass; ends the reading by throwing.
    func read(
        _ question: String, into sequence: BeaconSequence, options: Options,
        check: @Sendable () throws -> Void = {}
    ) throws -> OpenAnswer {
        let clock = ContinuousClock()
        let begin = clock.now
        let tokens = layout.questionTokens(question, tokenizer)
        sequence.beginQuestion()
        try sequence.feed(tokens.dropLast(), logits: .none) { _ in try check() }
        sequence.startRecordingAttention()
        guard let last = tokens.last, let logits = try sequence.feed([last]) else {
            throw AnsweringError(.badQuestion, "the question has no tokens")
        }
        var stops = Set(layout.stopTokens.compactMap(tokenizer.tokenID))
        stops.formUnion(model.configuration.endOfAnswer.map { Int32(truncatingIfNeeded: $0) })
        var open = OpenAnswer(
            question: question, sequence: sequence, logits: logits,
            stream: AnswerStream(tokenizer, stopsAtLineEnd: layout.stopsAtLineEnd), stopTokens: stops,
            maxTokens: options.maxTokens, sampler: options.sampler)
        if options.keepsLogits { open.firstLogits = logits }
        open.questionTokens = tokens.count
        open.seconds.question = (clock.now - begin).seconds
        return open
    }

    /// Chooses tokens until the answer ends.
    private func decode(_ open: inout OpenAnswer, _ onText: (String) throws -> Void) throws {
        let clock = ContinuousClock()
        let begin = clock.now
        while let token = try open.next(onText) {
            guard let logits = try open.sequence.feed([token]) else { break }
            open.logits = logits
        }
        open.seconds.decode = (clock.now - begin).seconds
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
