import ArgumentParser
import BeaconModel
import SystemPackage
import Tensors

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Look at a checkpoint.",
        subcommands: [Inspect.self, Quantize.self, Digest.self])

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

    struct Quantize: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write an int8 copy of a checkpoint, which is mapped and used as it lies.",
            discussion: "Example: pharos model quantize models/qwen2-7b-beacon models/qwen2-7b-beacon-int8")

        @Argument(help: "A checkpoint directory, or 'bundled'.")
        var directory: String

        @Argument(help: "The directory to write, which must not exist.")
        var target: String

        @Option(help: "Inputs that share a scale: 64, 128, 256, 512 or 1024.")
        var group = QuantizedRows.defaultGroupSize

        @Option(help: "Threads to compute with.")
        var threads = 1

        func validate() throws {
            guard QuantizedRows.isValid(groupSize: group) else {
                throw ValidationError("--group must be 64, 128, 256, 512 or 1024")
            }
            guard threads > 0 else { throw ValidationError("--threads must be positive") }
        }

        func run() async throws {
            var options = ModelOptions()
            options.model = directory
            try QuantizedCheckpoint.write(
                try options.directory(), to: FilePath(target), groupSize: group,
                using: ComputeContext(threads: threads)
            )
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
