import ArgumentParser
import BeaconModel
import ContextCaching
import Evaluation
import SystemPackage

struct EvalMultiNeedleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "multi-needle",
        abstract: "Hide several statements in one text and ask for them turn by turn.",
        discussion: """
            The text is compressed once; every turn sees the questions and answers before it.

            Example: pharos eval multi-needle --haystack book.txt --needles 5 --ratio 2,4,8
            """)

    @OptionGroup var options: EvaluationOptions

    @Option(help: "A text file, or JSON Lines with 'text', also compressed with zstd.")
    var haystack: String

    @Option(help: "Tokens of the texts: 1024,4096, or 8192-131072/10 for ten at equal distances.")
    var lengths: NumberList?

    @Option(help: "Statements in each text, which is also the number of turns.")
    var needles = 3

    @Option(help: "What the statements are made from.")
    var seed: UInt32 = 42

    @Option(help: "Longest answer, in tokens.")
    var maxTokens = 50

    func run() async throws {
        guard (1...1000).contains(needles) else {
            throw CommandError(.usage, "--needles is \(needles)", hint: "give 1 to 1000")
        }
        let loaded = try options.model.load()
        try await options.withSource(loaded) { try await evaluate(loaded, $0) }
    }

    private func evaluate(_ loaded: LoadedModel, _ source: any AnswerSource) async throws {
        let window = loaded.model.configuration.beacon.windowSize
        let lengths = try (self.lengths ?? NumberList([4, 8, 16, 32].map { window * $0 }))
            .checked("--lengths", in: 1...(1 << 24))
        let settings = MultiNeedleEvaluation.Settings(
            modes: try options.modes(), lengths: lengths, needles: needles,
            samples: try options.count(default: 1), maxTokens: try options.answerLength(maxTokens),
            seed: seed)
        let longest = lengths.max() ?? 0
        let text = try CorpusText.joined(FilePath(haystack), bytes: max(1 << 16, longest * 16))
        let hay = try Haystack(text, tokenizer: loaded.tokenizer, longest: longest)
        var facts = FactNeedles(seed: seed)
        let made = (0..<needles * lengths.count * settings.samples).map { _ in facts.next() }
        let line = EvaluationProgressLine()
        let report = try await MultiNeedleEvaluation(settings: settings, source: source).run(
            haystack: hay, needles: made, progress: line.show)
        line.finish()
        try options.deliver(report)
    }
}
