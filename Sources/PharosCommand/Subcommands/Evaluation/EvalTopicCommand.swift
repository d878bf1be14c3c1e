import ArgumentParser
import BeaconModel
import ContextCaching
import Evaluation
import SystemPackage
import Tokenization

struct EvalTopicCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topic",
        abstract: "Join texts on many topics and ask for the first topic.",
        discussion: """
            The file is JSON Lines with 'title', the topic, and 'text'. An answer counts when it names the topic.

            Example: pharos eval topic articles.jsonl --topics 5,10,20,40 --ratio 4 --against full
            """)

    @Argument(help: "JSON Lines with 'title' and 'text', also compressed with zstd.")
    var file: String

    @OptionGroup var options: EvaluationOptions

    @Option(help: "Topics in a record.")
    var topics = NumberList([5, 10, 15, 20, 25, 30, 40, 50, 60, 70])

    @Option(help: "Longest text of a topic, in characters.")
    var characters = 2000

    @Option(help: "Longest answer, in tokens.")
    var maxTokens = 50

    func run() async throws {
        let loaded = try options.model.load()
        try await options.withSource(loaded) { try await evaluate(loaded, $0) }
    }

    private func evaluate(_ loaded: LoadedModel, _ source: any AnswerSource) async throws {
        guard characters > 0 else {
            throw CommandError(.usage, "--characters is \(characters)", hint: "give 1 or more")
        }
        let settings = TopicEvaluation.Settings(
            modes: try options.modes(), counts: try topics.checked("--topics", in: 1...10_000),
            samples: try options.count(default: 1), maxTokens: try options.answerLength(maxTokens),
            charactersPerTopic: characters)
        let wanted = (settings.counts.max() ?? 0) * settings.samples
        var texts: [CorpusText] = []
        try CorpusText.read(FilePath(file)) { text in
            if text.title?.isEmpty == false { texts.append(text) }
            return texts.count < wanted
        }
        let tokenizer = loaded.tokenizer
        let line = EvaluationProgressLine()
        let report = try await TopicEvaluation(settings: settings, source: source) {
            tokenizer.encode($0, addingSpecialTokens: false).count
        }.run(texts, progress: line.show)
        line.finish()
        try options.deliver(report)
    }
}
