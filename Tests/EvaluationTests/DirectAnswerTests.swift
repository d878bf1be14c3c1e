import BeaconModel
import Evaluation
import Tensors
import Testing
import Tokenization

/// Answers from the model alone, on a tiny random model: what it says is noise, but it must be the same noise.
@Suite struct DirectAnswerTests {
    let model: LanguageModel
    let tokenizer: Tokenizer
    let context = ComputeContext(threads: 1)
    let document =
        "The boat left early. Nobody saw the lighthouse. The keeper slept, and it rained until noon."

    init() throws {
        model = try LanguageModel(directory: EvaluationFixtures.model("qwen2-a"))
        tokenizer = try CharacterTokenizer.make()
    }

    private func request(_ questions: [String], _ mode: ContextMode) -> AnswerRequest {
        AnswerRequest(id: "a", document: document, questions: questions, mode: mode, maxTokens: 9)
    }

    @Test(arguments: [ContextMode.ratio(4), .ratio(2), .adaptive, .full, .lastWindow])
    func answersAreTheModelsOwn(mode: ContextMode) async throws {
        let source = DirectAnswerSource(
            model, tokenizer: tokenizer, layout: PromptLayout(.bare), context: context)
        let answers = try await source.answers(to: request(["Who slept?"], mode))
        let prompt = PromptLayout(.bare).prompt(document: document, question: "Who slept?")
        var tokens = tokenizer.encode(prompt, addingSpecialTokens: true).ids
        if mode == .lastWindow { tokens = tokens.suffix(model.configuration.beacon.windowSize) }
        let sequence = try mode.sequence(model, context: context)
        let logits = try #require(try sequence.feed(tokens))
        let stops = Set(model.configuration.endOfText.map(Int32.init))
        let expected = try sequence.generate(
            after: logits, options: GenerationOptions(maxTokens: 9, stopTokens: stops))
        #expect(answers == [tokenizer.decode(expected, skippingSpecialTokens: true)])
    }

    /// A model with a question window reads the document in its own windows and the question in one.
    @Test func questionsAreSeenWhole() async throws {
        let directory = try EvaluationFixtures.model("qwen2-a")
        var configuration = try ModelConfiguration(directory: directory)
        configuration.beacon.questionWindow = 4 * configuration.beacon.windowSize
        let model = try LanguageModel(directory: directory, configuration: configuration)
        let source = DirectAnswerSource(
            model, tokenizer: tokenizer, layout: PromptLayout(.bare), context: context)
        let question = "Who slept, and until when did it rain?"
        let answers = try await source.answers(to: request([question], .ratio(4)))
        let sequence = try ContextMode.ratio(4).sequence(model, context: context)
        try sequence.feed(tokenizer.encode(document, addingSpecialTokens: true).ids, logits: .none)
        let beacons = sequence.memory.counts.beacon
        sequence.beginQuestion()
        let rest = PromptLayout(.bare).beforeQuestion + question
        let logits = try #require(
            try sequence.feed(tokenizer.encode(rest, addingSpecialTokens: false).ids))
        #expect(beacons > 0 && sequence.memory.counts.beacon == beacons)
        #expect(sequence.memory.counts.raw > configuration.beacon.windowSize)
        let stops = Set(model.configuration.endOfText.map(Int32.init))
        let expected = try sequence.generate(
            after: logits, options: GenerationOptions(maxTokens: 9, stopTokens: stops))
        #expect(answers == [tokenizer.decode(expected, skippingSpecialTokens: true)])
    }

    @Test(arguments: [ContextMode.ratio(4), .full])
    func turnsContinueOneSequence(mode: ContextMode) async throws {
        let source = DirectAnswerSource(
            model, tokenizer: tokenizer, layout: PromptLayout(.bare), context: context)
        let questions = ["Who slept?", "What left?", "When?"]
        let answers = try await source.answers(to: request(questions, mode))
        #expect(answers.count == 3)
        var text = PromptLayout(.bare).prompt(document: document, question: questions[0])
        for turn in 1..<3 {
            text += answers[turn - 1] + PromptLayout(.bare).nextTurn + questions[turn]
            let sequence = try mode.sequence(model, context: context)
            let logits = try #require(
                try sequence.feed(tokenizer.encode(text, addingSpecialTokens: true).ids))
            let stops = Set(model.configuration.endOfText.map(Int32.init))
            let expected = try sequence.generate(
                after: logits, options: GenerationOptions(maxTokens: 9, stopTokens: stops))
            #expect(
                answers[turn] == tokenizer.decode(expected, skippingSpecialTokens: true), "turn \(turn + 1)")
        }
    }

    @Test func linesEndAnswers() async throws {
        let source = DirectAnswerSource(
            model, tokenizer: tokenizer, layout: PromptLayout(.plain), context: context)
        for answer in try await source.answers(to: request(["Who slept?", "Who left?"], .ratio(4))) {
            #expect(!answer.contains("\n"))
        }
    }

    @Test func ratiosBeyondTheWindowAreRefused() {
        #expect(throws: EvaluationError.self) { try ContextMode.ratio(64).sequence(model, context: context) }
        #expect(ContextMode("ratio-8") == .ratio(8) && ContextMode("8") == .ratio(8))
        #expect(ContextMode("-1") == nil && ContextMode("half") == nil)
        for mode in [ContextMode.adaptive, .full, .lastWindow, .ratio(2)] {
            #expect(ContextMode(mode.name) == mode)
        }
    }
}
