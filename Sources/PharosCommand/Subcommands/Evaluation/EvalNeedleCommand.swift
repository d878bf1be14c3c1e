import ArgumentParser
import ContextCaching
import Evaluation
import SystemPackage

struct EvalNeedleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needle",
        abstract: "Hide a statement in a long text and ask for it, by length, depth and ratio.",
        discussion: """
            With --needle published, prompt and score are the published ones: ROUGE-L recall of the first line. \
            With --needle facts, statements about made-up names are hidden between sentences, and an answer counts \
            when it holds the value asked for; this suits models without a chat template.

            Example: pharos eval needle --haystack book.txt --needle facts --limit 4 --ratio 4 --against full
            """)

    @OptionGroup var options: EvaluationOptions
    @OptionGroup var place: HaystackOptions

    @Option(help: "'published', 'facts', or the statement itself. (default: by the model's layout)")
    var needle: String?

    @Option(help: "The question for a statement of your own.")
    var question: String?

    @Option(help: "What an answer to it must hold; may be given more than once.")
    var answer: [String] = []

    @Option(help: "What 'facts' are made from.")
    var seed: UInt32 = 42

    @Option(help: "Longest answer, in tokens.")
    var maxTokens = 50

    func run() async throws {
        let loaded = try options.model.load()
        try await options.withSource(loaded) { try await evaluate(loaded, $0) }
    }

    private func evaluate(_ loaded: LoadedModel, _ source: any AnswerSource) async throws {
        let lengths = try place.lengths(loaded)
        let kind = needle ?? (source.usesOwnLayout ? "facts" : "published")
        let isPublished = kind == "published"
        let settings = NeedleSettings(
            modes: try options.modes(), lengths: lengths, depths: try place.depthList(),
            samples: try options.count(default: 1), maxTokens: try options.answerLength(maxTokens),
            scoring: isPublished ? .recall : .found)
        let text = try place.text(longest: lengths.max() ?? 0)
        let evaluation = NeedleEvaluation(settings: settings, source: source)
        let line = EvaluationProgressLine()
        let report: NeedleReport
        if isPublished {
            let prompts = PublishedPrompts(loaded.tokenizer)
            var current: PublishedHaystack?
            report = try await evaluation.run(
                title: "Needle in a haystack",
                makePrompt: { length, depth in
                    let haystack =
                        if let current, current.length == length { current } else {
                            try prompts.haystack(text, length: length)
                        }
                    current = haystack
                    var prompt = try prompts.needle(.published, haystack: haystack, depth: depth)
                    if source.usesOwnLayout { prompt.firstTurn = nil }
                    return prompt
                }, progress: line.show)
        } else {
            let haystack = try Haystack(text, tokenizer: loaded.tokenizer, longest: lengths.max() ?? 0)
            var facts = FactNeedles(seed: seed)
            let own = try ownNeedle(kind)
            report = try await evaluation.run(
                title: "Needle in a haystack",
                makePrompt: { length, depth in
                    let needle = own ?? facts.next()
                    return RetrievalPrompt(
                        length: length, depth: depth, needle: needle,
                        document: try haystack.document(
                            length: length, needles: [(needle, depth: Double(depth))]))
                }, progress: line.show)
        }
        line.finish()
        try options.deliver(report)
    }

    /// The statement given on the command line; nil for made-up facts.
    private func ownNeedle(_ kind: String) throws -> Needle? {
        if kind == "facts" { return nil }
        guard let question, !answer.isEmpty, ([kind, question] + answer).allSatisfy({ !$0.isEmpty }) else {
            throw CommandError(
                .usage, "--needle is a statement of your own without --question and --answer",
                hint: "give both, none of them empty, or use --needle facts")
        }
        return Needle(text: kind, question: question, answers: answer)
    }
}
