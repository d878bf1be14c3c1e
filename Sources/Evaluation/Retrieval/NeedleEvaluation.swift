/// Hides needles in long texts, by length and depth, and asks for them in every mode.
public struct NeedleEvaluation: Sendable {
    public var settings: NeedleSettings
    private let source: any AnswerSource

    public init(settings: NeedleSettings, source: any AnswerSource) {
        self.settings = settings
        self.source = source
    }

    /// - Parameter makePrompt: the text for a length and a depth; called in the order of lengths, then depths, then
    ///   samples, once for all modes.
    public func run(
        title: String, makePrompt: (_ length: Int, _ depth: Int) throws -> RetrievalPrompt,
        progress: (EvaluationProgress) -> Void = { _ in }
    ) async throws -> NeedleReport {
        var outcomes: [RetrievalOutcome] = []
        let total = settings.lengths.count * settings.depths.count * settings.samples * settings.modes.count
        for length in settings.lengths {
            for depth in settings.depths {
                for sample in 0..<settings.samples {
                    let prompt = try makePrompt(length, depth)
                    for mode in settings.modes {
                        try Task.checkCancellation()
                        let request = AnswerRequest(
                            id: "\(length)-\(depth)-\(sample + 1)", document: prompt.document,
                            questions: [prompt.needle.question], firstTurn: prompt.firstTurn, mode: mode,
                            maxTokens: settings.maxTokens)
                        let output = try await source.answers(to: request).first ?? ""
                        outcomes.append(outcome(prompt, mode: mode, output: output))
                        progress(
                            EvaluationProgress(
                                done: outcomes.count, total: total,
                                label: "\(mode.title), \(length) tokens, depth \(depth)%"))
                    }
                }
            }
        }
        return NeedleReport(title: title, settings: settings, source: source.name, outcomes: outcomes)
    }

    private func outcome(_ prompt: RetrievalPrompt, mode: ContextMode, output: String) -> RetrievalOutcome {
        var isFound = prompt.needle.isFound(in: output)
        var fuzzy: Double?
        let score: Double
        switch settings.scoring {
        case .recall: score = NeedleRecall.published(output, needle: prompt.needle.text)
        case .found: score = isFound ? 1 : 0
        case .passkey:
            let passkey = PasskeyScore(output, passkey: prompt.needle.answers.first ?? "")
            isFound = passkey.accuracy == 1
            score = passkey.accuracy
            fuzzy = passkey.fuzzy
        }
        return RetrievalOutcome(
            length: prompt.length, depth: prompt.depth, mode: mode, question: prompt.needle.question,
            answers: prompt.needle.answers, output: output, isFound: isFound, score: score, fuzzy: fuzzy)
    }
}
