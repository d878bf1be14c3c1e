import ArgumentParser
import BeaconModel
import SystemPackage

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Look at a checkpoint.", subcommands: [Inspect.self, Digest.self])

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a checkpoint's family, shape, beacon settings and memory.",
            discussion: "Example: pharos model inspect models/qwen2-7b-beacon")

        @Argument(help: "A checkpoint directory, or 'bundled'.")
        var directory: String = "bundled"

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            var options = ModelOptions()
            options.model = directory
            let path = try options.directory()
            let summary = try ModelSummary(path)
            if json {
                try JSONLines(StandardStream.output).write("model", summary)
            } else {
                try StandardStream.output.write(summary.text)
            }
        }
    }

    struct Digest: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the digests that identify a checkpoint's caches.",
            discussion: "Example: pharos model digest bundled")

        @Argument(help: "A checkpoint directory, or 'bundled'.")
        var directory: String = "bundled"

        @Flag(help: "Print one JSON object.")
        var json = false

        private struct Output: Encodable {
            var weights: String
            var beacon: String
            var configuration: String
            var tokenizer: String
        }

        func run() async throws {
            var options = ModelOptions()
            options.model = directory
            let digests = try ModelDigests(directory: try options.directory())
            let output = Output(
                weights: digests.weights, beacon: digests.beacon, configuration: digests.configuration,
                tokenizer: digests.tokenizer)
            if json {
                try JSONLines(StandardStream.output).write("digest", output)
            } else {
                try StandardStream.output.write(
                    """
                    weights        \(output.weights)
                    beacon         \(output.beacon)
                    configuration  \(output.configuration)
                    tokenizer      \(output.tokenizer)

                    """)
            }
        }
    }
}
