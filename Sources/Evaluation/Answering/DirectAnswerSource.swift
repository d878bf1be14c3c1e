public import BeaconModel
public import Tensors
public import Tokenization

/// Answers by sending document and questions through the model, every conversation anew: the published protocol.
public struct DirectAnswerSource: AnswerSource {
    public let model: LanguageModel
    public let tokenizer: Tokenizer
    public let layout: PromptLayout
    private let context: ComputeContext
    private let stopTokens: Set<Int32>

    public var name: String { "model" }
    /// A layout of questions and answers of one line each has no place for other wordings.
    public var usesOwnLayout: Bool { layout.family == .plain }

    /// - Parameter layout: what stands around turns; nil asks the tokenizer's special tokens.
    public init(
        _ model: LanguageModel, tokenizer: Tokenizer, layout: PromptLayout? = nil,
        context: ComputeContext
    ) {
        self.model = model
        self.tokenizer = tokenizer
        let layout = layout ?? .detect(tokenizer)
        self.layout = layout
        self.context = context
        let ends = model.configuration.endOfAnswer.map { Int32(truncatingIfNeeded: $0) }
        stopTokens = Set(layout.stopTokens.compactMap { tokenizer.tokenID($0) } + ends)
    }

    public func answers(to request: AnswerRequest) async throws -> [String] {
        guard let question = request.questions.first else { return [] }
        let sequence = try request.mode.sequence(model, context: context)
        let content = request.firstTurn ?? request.document + layout.beforeQuestion + question
        let prompt = tokenizer.encode(
            request.isWholePrompt ? content : layout.prompt(content), addingSpecialTokens: true)
        var tokens = prompt.ids
        if request.mode == .lastWindow { tokens = tokens.suffix(model.configuration.beacon.windowSize) }
        guard !tokens.isEmpty else {
            throw EvaluationError(
                .badRequest, "the prompt of '\(request.id)' is empty; give it a document or a question",
                context: ["document": request.id])
        }
        if sequence.isCompressing, sequence.settings.questionWindow > sequence.settings.windowSize,
            request.firstTurn == nil
        {
            // A model that sees questions whole is told where they begin.
            let documentEnd = (layout.head + request.document).utf8.count
            let count = prompt.starts.firstIndex { $0 >= documentEnd } ?? tokens.count - 1
            try sequence.feed(Array(tokens[..<count]), logits: .none)
            sequence.beginQuestion()
            tokens.removeFirst(count)
        }
        var answers: [String] = []
        for turn in request.questions.indices {
            if turn > 0 {
                tokens += layout.nextTurnTokens(request.questions[turn], tokenizer)
            }
            try Task.checkCancellation()
            guard let logits = try sequence.feed(tokens) else { break }
            let answer = try self.answer(sequence, after: logits, request)
            answers.append(answer.text)
            tokens = answer.pending
        }
        return answers
    }

    /// An answer's text, and its tokens that the sequence has not seen yet.
    private func answer(
        _ sequence: BeaconSequence, after logits: [Float], _ request: AnswerRequest
    ) throws -> (text: String, pending: [Int32]) {
        var reached = false
        var count = 0
        let endsAtLine = request.stopsAtLineEnd || layout.stopsAtLineEnd
        var decoder = tokenizer.makeStreamDecoder(skippingSpecialTokens: true)
        let options = GenerationOptions(maxTokens: request.maxTokens, stopTokens: stopTokens)
        let tokens = try sequence.generate(after: logits, options: options) { token, _ in
            count += 1
            let piece = decoder.append(token)
            reached = endsAtLine && piece.contains("\n")
            return !reached
        }
        let text = tokenizer.decode(tokens, skippingSpecialTokens: true)
        if reached { return (String(text.prefix { $0 != "\n" }).trimmedOfSpace, []) }
        let wasCut = tokens.count == request.maxTokens
        return (text, wasCut ? Array(tokens.suffix(1)) : [])
    }
}

extension String {
    /// The text without white space at its ends.
    fileprivate var trimmedOfSpace: String { WordSplitting.trimmed(self) }
}
