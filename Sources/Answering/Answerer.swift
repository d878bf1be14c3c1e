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
        var seconds = Answer.Seconds()
        let begin = clock.now
        let memory = ContextMemory(parts, model: model, settings: settings, context: context)
        seconds.restore = (clock.now - begin).seconds
        var answer = try read(
            question, into: memory.sequence, options: options, seconds: &seconds, onText: onText)
        let attention = memory.sequence.attentionByOrigin ?? [:]
        answer.citations = CitationFinder(limit: options.citations).citations(
            attention: attention, memory: memory, parts: parts, texts: texts)
        answer.attended = AttendedInterval.all(attention, memory: memory, documents: parts.map(\.document))
        answer.reusedTokens = memory.reusedTokens
        var seen: Set<String> = []
        answer.documents = parts.map(\.document).filter { seen.insert($0).inserted }
        return answer
    }

    /// Answers from document texts fed uncompressed: the control that compressed answers are held against.
    public func answerUncompressed(
        _ question: String, texts: [String], options: Options = Options()
    ) throws -> Answer {
        let clock = ContinuousClock()
        var seconds = Answer.Seconds()
        let sequence = BeaconSequence(model, settings: settings, isCompressing: false, context: context)
        var tokens = try layout.headTokens(tokenizer)
        for text in texts { tokens += try tokenizer.encode(text, addingSpecialTokens: false).ids }
        let begin = clock.now
        try sequence.feed(tokens, logits: .none)
        seconds.restore = (clock.now - begin).seconds
        var answer = try read(question, into: sequence, options: options, seconds: &seconds) { _ in }
        answer.computedTokens = tokens.count
        return answer
    }

    private func read(
        _ question: String, into sequence: BeaconSequence, options: Options, seconds: inout Answer.Seconds,
        onText: (String) throws -> Void
    ) throws -> Answer {
        let clock = ContinuousClock()
        let begin = clock.now
        let prompt = layout.beforeQuestion + question + layout.afterQuestion
        let tokens = try tokenizer.encode(prompt, addingSpecialTokens: false).ids
        try sequence.feed(tokens.dropLast(), logits: .none)
        sequence.startRecordingAttention()
        guard let last = tokens.last, let logits = try sequence.feed([last]) else {
            throw AnsweringError(.badQuestion, "the question has no tokens")
        }
        let middle = clock.now
        var stops = Set(layout.stopTokens.compactMap(tokenizer.tokenID))
        stops.formUnion(model.configuration.endOfText.map(Int32.init))
        var stream = AnswerStream(tokenizer, stopsAtLineEnd: layout.stopsAtLineEnd)
        let generated = try sequence.generate(
            after: logits,
            options: GenerationOptions(
                maxTokens: options.maxTokens, sampler: options.sampler, stopTokens: stops)
        ) { token, _ in
            let (text, goesOn) = stream.push(token)
            if !text.isEmpty { try onText(text) }
            return goesOn
        }
        let rest = stream.finish()
        if !rest.isEmpty { try onText(rest) }
        seconds.question = (middle - begin).seconds
        seconds.decode = (clock.now - middle).seconds
        return Answer(
            question: question, text: stream.text, tokens: generated, citations: [], reusedTokens: 0,
            computedTokens: 0, questionTokens: tokens.count, documents: [], seconds: seconds)
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
