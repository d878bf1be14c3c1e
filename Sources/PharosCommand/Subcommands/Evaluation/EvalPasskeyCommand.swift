import ArgumentParser
import ContextCaching
import Evaluation
import SystemPackage

struct EvalPasskeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passkey",
        abstract: "Hide a pass key of five digits and ask for it, by length, depth and ratio.",
        discussion: """
            Without --haystack the prompt is the published one, grass and sky; with it the key lies between the \
            sentences of that text. Keys are the published ones in both.

            Example: pharos eval passkey --model Qwen2-7B-beacon --lengths 8192-131072/20 --output results
            """)

    @OptionGroup var options: EvaluationOptions
    @OptionGroup var place: HaystackOptions

    @Option(help: "What keys are drawn from; 123 is the published one.")
    var seed: UInt32 = 123

    @Option(help: "Longest answer, in tokens.")
    var maxTokens = 50

    func run() async throws {
        let loaded = try options.model.load()
        try await options.withSource(loaded) { try await evaluate(loaded, $0) }
    }

    private func evaluate(_ loaded: LoadedModel, _ source: any AnswerSource) async throws {
        let lengths = try place.lengths(loaded)
        let settings = NeedleSettings(
            modes: try options.modes(), lengths: lengths, depths: try place.depthList(),
            samples: try options.count(default: 1), maxTokens: try options.answerLength(maxTokens),
            scoring: .passkey)
        let prompts = PublishedPrompts(loaded.tokenizer)
        var keys = Passkeys(seed: seed)
        let haystack = try place.haystack.map { _ in
            try Haystack(
                try place.text(longest: lengths.max() ?? 0), tokenizer: loaded.tokenizer,
                longest: lengths.max() ?? 0)
        }
        let line = EvaluationProgressLine()
        let report = try await NeedleEvaluation(settings: settings, source: source).run(
            title: "Passkey retrieval",
            makePrompt: { length, depth in
                let key = keys.next()
                guard let haystack else {
                    var prompt = try prompts.passkey(length: length, depth: depth, key: key)
                    if source.usesOwnLayout { prompt.firstTurn = nil }
                    return prompt
                }
                let needle = Needle.passkey(key)
                return RetrievalPrompt(
                    length: length, depth: depth, needle: needle,
                    document: try haystack.document(length: length, needles: [(needle, depth: Double(depth))])
                )
            }, progress: line.show)
        line.finish()
        try options.deliver(report, name: "passkey")
    }
}
