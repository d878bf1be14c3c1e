import ArgumentParser
import BeaconModel
import ContextCaching
import Evaluation
import SystemPackage
import Tokenization

struct EvalQuestionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qa",
        abstract: "Ask questions about documents and score the answers, at each ratio on the same documents.",
        discussion: """
            The file is JSON Lines with 'document', 'question' and 'answer' or 'answers', or in the layout of SQuAD \
            or LongBench. Questions without an answer must be refused in the words of --refusal. With --prompts, the \
            tasks of LongBench are put in their published words, cut in the middle and with a chat template where \
            the benchmark has one.

            Example: pharos eval qa questions.jsonl --ratio 2,4,8 --against full --output results
            """)

    @Argument(help: "Questions with their documents.")
    var files: [String]

    @OptionGroup var options: EvaluationOptions

    @Option(help: "Longest answer, in tokens; tasks of LongBench have their own.")
    var maxTokens = 64

    @Option(help: "What an answer says where the document does not tell.")
    var refusal = "not stated"

    @Option(help: "The templates of LongBench's tasks, its file dataset2prompt.json.")
    var prompts: String?

    func run() async throws {
        let loaded = try options.model.load()
        try await options.withSource(loaded) { try await evaluate(loaded, $0) }
    }

    private func evaluate(_ loaded: LoadedModel, _ source: any AnswerSource) async throws {
        let templates = try prompts.map { try LongBenchPrompts(contentsOf: FilePath($0)) }
        if templates != nil, source.usesOwnLayout {
            throw CommandError(
                .usage,
                "--prompts has no place where questions are put in the model's or the store's own way",
                hint: "give a checkpoint with a chat template, or --template, and --source model")
        }
        let limit = try options.count(default: .max)
        var items: [QuestionItem] = []
        for file in files where items.count < limit {
            items += try QuestionSet.read(FilePath(file), limit: limit - items.count)
        }
        let settings = QuestionAnswering.Settings(
            modes: try options.modes(), maxTokens: try options.answerLength(maxTokens), refusal: refusal)
        let tokenizer = loaded.tokenizer
        let line = EvaluationProgressLine()
        let prompt = templates.map { templates in
            { @Sendable (item: QuestionItem) in
                LongBenchPrompts.shortened(try templates.prompt(for: item), tokenizer)
            }
        }
        let report = try await QuestionAnswering(settings: settings, source: source, prompt: prompt) {
            tokenizer.encode($0, addingSpecialTokens: false).count
        }.run(items, windowSize: loaded.model.configuration.beacon.windowSize, progress: line.show)
        line.finish()
        try options.deliver(report)
    }
}
