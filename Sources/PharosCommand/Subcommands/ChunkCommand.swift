import ArgumentParser
import BeaconModel
import ContextCaching
import Documents
import Foundation
import Pipelines
import SystemPackage
import Tokenization

struct ChunkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chunk",
        abstract: "Print the window plan of documents: windows, ratios, beacon places, byte spans.",
        discussion: """
            One JSON object per window: {"type":"window","index","tokens":[start,end],"bytes":[start,end],\
            "ratio","beacons":[positions]}, positions among the window's inputs.

            Example: pharos chunk Samples/manuals/*.md --ratio 4 --segment '2 windows'
            """)

    @Argument(help: "Documents of any kind that 'extract' reads; '-' is standard input.")
    var files: [String]

    @OptionGroup var model: ModelOptions

    @Option(help: "Raw tokens per beacon, or 'adaptive' for the checkpoint's own rule.")
    var ratio: String = "adaptive"

    @Option(help: "'document', or how many windows begin with a fresh memory, such as '4 windows'.")
    var segment: String = "document"

    @Option(help: "Raw tokens of a window. (default: the model's own)")
    var window: Int?

    @Flag(help: "Accepted for likeness with other commands; the output is JSON always.")
    var json = false

    func run() async throws {
        let directory = try model.directory()
        let configuration = try ModelConfiguration(directory: directory)
        let tokenizer = try Tokenizer(contentsOf: directory.appending("tokenizer.json"))
        let layout = try model.layout() ?? .detect(tokenizer)
        let head = layout.headTokens(tokenizer)
        let settings = try CompressionChoice.settings(ratio: ratio, segment: segment, window: window)
        let lines = JSONLines(StandardStream.output)
        try DocumentInput.forEach(files) { document in
            let tokens = DocumentTokens(
                text: document.text, head: head, layout: layout, tokenizer: tokenizer)
            let plan = try ChunkPlan(tokens, settings: settings, model: configuration)
            for line in WindowLine.lines(plan, document: document.id) { try lines.write("window", line) }
        }
    }
}
