import ArgumentParser
import BeaconModel
import ContextCaching
import Evaluation
import SystemPackage

/// The text that needles are hidden in, and where in it.
struct HaystackOptions: ParsableArguments {
    @Option(
        help:
            "A text file, or JSON Lines with 'text', also compressed with zstd; repeated where it is too short."
    )
    var haystack: String?

    @Option(help: "Tokens of the prompts: 1024,4096, or 8192-131072/10 for ten at equal distances.")
    var lengths: NumberList?

    @Option(help: "Percent of the text before the needle: 0,50,100, or 0-100/10.")
    var depths = NumberList(EvaluationGrid.depths)

    /// Lengths, or doublings of the model's window from two to thirty-two.
    func lengths(_ loaded: LoadedModel) throws -> [Int] {
        let window = loaded.model.configuration.beacon.windowSize
        let standard = NumberList([2, 4, 8, 16, 32].map { window * $0 })
        return try (lengths ?? standard).checked("--lengths", in: 1...(1 << 24))
    }

    func depthList() throws -> [Int] { try depths.checked("--depths", in: 0...100) }

    /// Enough of the file's text for documents of `longest` tokens.
    ///
    /// - Throws: `CommandError` of code `usage` where no file is named.
    func text(longest: Int) throws -> String {
        guard let haystack else {
            throw CommandError(
                .usage, "the needles have nothing to hide in", hint: "name a text with --haystack FILE")
        }
        return try CorpusText.joined(FilePath(haystack), bytes: max(1 << 16, longest * 16))
    }
}
