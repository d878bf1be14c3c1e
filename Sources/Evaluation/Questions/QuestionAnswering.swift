/// Asks questions about documents in several modes and scores the answers.
///
/// With several ratios among the modes, the same documents are compressed at each: the paper's flexible ratios.
public struct QuestionAnswering: Sendable {
    public struct Settings: Sendable, Hashable, Codable {
        public var modes: [ContextMode]
        /// Longest answer, in tokens; tasks of LongBench have their own.
        public var maxTokens: Int
        /// What an answer says where the document does not tell.
        public var refusal: String

        public init(modes: [ContextMode], maxTokens: Int = 64, refusal: String = "not stated") {
            self.modes = modes
            self.maxTokens = maxTokens
            self.refusal = refusal
        }
    }

    public var settings: Settings
    private let source: any AnswerSource
    private let measure: @Sendable (String) -> Int
    private let prompt: (@Sendable (QuestionItem) throws -> String)?

    /// - Parameters:
    ///   - prompt: a question's exact wording with its document in it; nil leaves it to the source.
    ///   - measure: a document's tokens, for the table by length.
    public init(
        settings: Settings, source: any AnswerSource,
        prompt: (@Sendable (QuestionItem) throws -> String)? = nil,
        measure: @escaping @Sendable (String) -> Int
    ) {
        self.settings = settings
        self.source = source
        self.prompt = prompt
        self.measure = measure
    }

    public func run(
        _ items: [QuestionItem], windowSize: Int, progress: (EvaluationProgress) -> Void = { _ in }
    ) async throws -> QuestionAnsweringReport {
        var outcomes: [QuestionAnsweringReport.Outcome] = []
        var lengths: [String: Int] = [:]
        // By the text: two files may name their documents alike.
        for item in items where lengths[item.document] == nil {
            lengths[item.document] = measure(item.document)
        }
        for mode in settings.modes {
            for item in items {
                try Task.checkCancellation()
                let request = AnswerRequest(
                    id: item.documentID, document: item.document, questions: [item.question],
                    firstTurn: try prompt?(item),
                    isWholePrompt: prompt != nil && item.task?.standsAlone == true,
                    mode: mode, maxTokens: item.task?.maxTokens ?? settings.maxTokens,
                    stopsAtLineEnd: item.task?.stopsAtLineEnd ?? false)
                let output = try await source.answers(to: request).first ?? ""
                outcomes.append(
                    outcome(item, mode: mode, output: output, tokens: lengths[item.document] ?? 0))
                progress(
                    EvaluationProgress(
                        done: outcomes.count, total: items.count * settings.modes.count,
                        label: "\(mode.title), \(item.id)"))
            }
        }
        return QuestionAnsweringReport(
            settings: settings, source: source.name, windowSize: windowSize, outcomes: outcomes)
    }

    private func outcome(
        _ item: QuestionItem, mode: ContextMode, output: String, tokens: Int
    ) -> QuestionAnsweringReport.Outcome {
        // A file may spell a missing answer as the refusal itself.
        let isAnswerable = !item.answers.allSatisfy { TokenF1.isExact($0, settings.refusal) }
        let answers = isAnswerable ? item.answers : []
        let truths = isAnswerable ? answers : [settings.refusal]
        func best(_ metric: AnswerMetric) -> Double {
            metric.best(output, against: truths, classes: item.classes)
        }
        return QuestionAnsweringReport.Outcome(
            id: item.id, document: item.documentID, documentTokens: tokens, mode: mode,
            question: item.question,
            answers: answers, output: output, isRefusal: TokenF1.isExact(output, settings.refusal),
            exactMatch: best(.exactMatch), f1: best(.f1), rougeL: best(.rougeL),
            editSimilarity: best(.editSimilarity), task: item.task,
            taskScore: item.task?.score(output, against: truths, classes: item.classes))
    }
}
