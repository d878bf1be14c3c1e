import ArgumentParser
import BeaconModel
import ContextCaching
import Evaluation
import SystemPackage
import Tokenization

struct EvalPerplexityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perplexity",
        abstract:
            "Measure how well texts are predicted, by length: compressed, whole, and cut to the last window.",
        discussion: """
            Texts are cut into segments of each length at steps of --stride, as published. Texts shorter than a \
            length say nothing about it. Contexts under one window are measured as well: with beacons idle the \
            model must be the ordinary one, bit for bit.

            Example: pharos eval perplexity valid.jsonl.zst --ratio 2,4,8 --against full --against last-window
            """)

    @Argument(help: "Text files, or JSON Lines with 'text', also compressed with zstd.")
    var files: [String]

    @OptionGroup var options: EvaluationOptions

    @Option(help: "Tokens of a segment: 1024,4096, or 8192-131072/10. (default: 1 to 16 windows, doubling)")
    var lengths: NumberList?

    @Option(help: "Tokens from one segment to the next; 0 = only the first of each text.")
    var stride = 0

    @Flag(help: "Leave out the contexts under one window.")
    var withoutShort = false

    func run() async throws {
        guard (0...(1 << 24)).contains(stride) else {
            throw CommandError(.usage, "--stride is \(stride)", hint: "give 0 to \(1 << 24)")
        }
        guard options.source == .model else {
            throw CommandError(.usage, "perplexity is the model's own", hint: "leave --source out")
        }
        let loaded = try options.model.load()
        try options.check(loaded)
        let context = try options.model.context()
        let window = loaded.model.configuration.beacon.windowSize
        let lengths = try (self.lengths ?? NumberList([1, 2, 4, 8, 16].map { window * $0 }))
            .checked("--lengths", in: 2...(1 << 24))
        let settings = PerplexitySettings(
            modes: try options.modes(), lengths: lengths, stride: stride,
            beginOfText: loaded.tokenizer.prefixTokenIDs.first)
        let texts = try texts(loaded, longest: lengths.max() ?? 0, count: try options.count(default: 16))
        let line = EvaluationProgressLine()
        var report = try PerplexityEvaluation(loaded.model, settings: settings, context: context).run(
            texts, progress: line.show)
        if !withoutShort {
            let ratios = settings.modes.compactMap {
                if case .ratio(let ratio) = $0, ratio > 0 { ratio } else { nil }
            }
            report.shortContext = try ShortContextEvaluation(loaded.model, context: context).run(
                texts, ratios: ratios)
        }
        line.finish()
        try options.deliver(report)
    }

    /// The first `count` texts that are as long as the longest segment; shorter ones fill up what is missing.
    private func texts(_ loaded: LoadedModel, longest: Int, count: Int) throws -> [TokenizedText] {
        var long: [TokenizedText] = []
        var short: [TokenizedText] = []
        for file in files {
            try CorpusText.read(FilePath(file)) { text in
                let tokens = loaded.tokenizer.encode(text.text, addingSpecialTokens: false).ids
                let tokenized = TokenizedText(id: text.id, tokens: tokens)
                if tokens.count >= longest {
                    long.append(tokenized)
                } else if short.count < count {
                    short.append(tokenized)
                }
                return long.count < count
            }
        }
        return Array((long + short).prefix(count))
    }
}
