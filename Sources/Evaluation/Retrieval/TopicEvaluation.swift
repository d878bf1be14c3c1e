/// Joins texts on different topics into one record and asks for the first topic.
public struct TopicEvaluation: Sendable {
    public struct Settings: Sendable, Hashable, Codable {
        public var modes: [ContextMode]
        /// Topics per record.
        public var counts: [Int]
        /// Records per count.
        public var samples: Int
        /// Longest answer, in tokens.
        public var maxTokens: Int
        /// Longest text of one topic, in characters.
        public var charactersPerTopic: Int

        public init(
            modes: [ContextMode], counts: [Int] = [5, 10, 15, 20, 25, 30, 40, 50, 60, 70], samples: Int = 1,
            maxTokens: Int = 50, charactersPerTopic: Int = 2000
        ) {
            self.modes = modes
            self.counts = counts
            self.samples = samples
            self.maxTokens = maxTokens
            self.charactersPerTopic = charactersPerTopic
        }
    }

    /// Asked of every record.
    public static let question =
        "What is the first topic we discussed? Only give me the topic name. Do not summarize yourself."

    public var settings: Settings
    private let source: any AnswerSource
    private let measure: @Sendable (String) -> Int

    /// - Parameter measure: a record's tokens.
    public init(settings: Settings, source: any AnswerSource, measure: @escaping @Sendable (String) -> Int) {
        self.settings = settings
        self.source = source
        self.measure = measure
    }

    /// - Parameter topics: texts with titles, which are the topics' names; each record starts at another one.
    public func run(
        _ topics: [CorpusText], progress: (EvaluationProgress) -> Void = { _ in }
    ) async throws -> TopicReport {
        let named = topics.filter { $0.title?.isEmpty == false && !$0.text.isEmpty }
        guard let most = settings.counts.max(), let least = settings.counts.min(), least > 0,
            named.count >= most
        else {
            throw EvaluationError(
                .badRequest,
                "\(named.count) texts with a title, but records of up to \(settings.counts.max() ?? 0) topics are asked "
                    + "for; give a file with more texts that have 'title' and 'text'")
        }
        // Where there are enough texts for all records, no record shares one with another.
        let step = min(most, max(1, named.count / max(1, settings.samples)))
        var outcomes: [TopicReport.Outcome] = []
        for count in settings.counts {
            for sample in 0..<settings.samples {
                let chosen = (0..<count).map { named[(sample * step + $0) % named.count] }
                let document = record(chosen)
                let tokens = measure(document)
                let topic = chosen.first?.title ?? ""
                for mode in settings.modes {
                    try Task.checkCancellation()
                    let request = AnswerRequest(
                        id: "\(count)-\(sample + 1)", document: document, questions: [Self.question],
                        firstTurn: source.usesOwnLayout ? nil : document + " " + Self.question, mode: mode,
                        maxTokens: settings.maxTokens)
                    let output = try await source.answers(to: request).first ?? ""
                    outcomes.append(
                        TopicReport.Outcome(
                            topics: count, tokens: tokens, mode: mode, topic: topic, output: output,
                            isFound: output.lowercased().contains(topic.lowercased()),
                            f1: TokenF1.score(output, against: topic)))
                    progress(
                        EvaluationProgress(
                            done: outcomes.count,
                            total: settings.counts.count * settings.samples * settings.modes.count,
                            label: "\(mode.title), \(count) topics"))
                }
            }
        }
        return TopicReport(settings: settings, source: source.name, outcomes: outcomes)
    }

    private func record(_ topics: [CorpusText]) -> String {
        topics.map { topic in
            "USER: I would like to discuss the topic of \(topic.title ?? "").\n"
                + "ASSISTANT: Certainly. \(WordSplitting.trimmed(String(topic.text.prefix(settings.charactersPerTopic))))"
        }.joined(separator: "\n")
    }
}
