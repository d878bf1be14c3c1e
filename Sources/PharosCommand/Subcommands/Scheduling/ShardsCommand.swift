import ArgumentParser
import Foundation
import Pipelines
import SystemPackage

struct ShardsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shards",
        abstract: "Which shards of a pipeline are missing; remove them to divide anew.",
        subcommands: [ShardsMissingCommand.self, ShardsClearCommand.self])
}

struct ShardsMissingCommand: AsyncParsableCommand {
    /// How the numbers are written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        /// As `sbatch --array` takes them: `1,3-5`.
        case slurm
        /// One number per line.
        case text
        /// One object.
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "missing",
        abstract: "Print the numbers of the shards that are not complete.",
        discussion: """
            Prints nothing where all are there. Exits with 13 if a shard is a duplicate or foreign.

            Example: pharos shards missing Pipelines/samples.yaml --expect 4
            Under Slurm: bash nightly.sh --array=$(pharos shards missing nightly.yaml --format slurm)
            """)

    @Argument(help: "The pipeline file.")
    var pipeline: String

    @Option(help: "How many shards there must be. (default: what the first shard settled on)")
    var expect: Int?

    @Option(help: "slurm, text or json.")
    var format: Format?

    @Flag(help: "The same as --format json.")
    var json = false

    private struct Listing: Encodable {
        var expected: Int
        var done: [Int]
        var missing: [Int]
        var complaints: [String]
    }

    func run() async throws {
        let definition = try PipelineFile.read(
            FilePath(pipeline), environment: ProcessInfo.processInfo.environment)
        let shards = try ShardInspection(definition.store, expected: expect)
        switch format ?? (json ? .json : .text) {
        case .json:
            try JSONLines(StandardStream.output).write(
                "shards",
                Listing(
                    expected: shards.count, done: shards.done, missing: shards.missing,
                    complaints: shards.complaints))
        case .slurm:
            if !shards.missing.isEmpty {
                try StandardStream.output.write(ShardInspection.ranges(shards.missing) + "\n")
            }
        case .text:
            try StandardStream.output.write(shards.missing.map { "\($0)\n" }.joined())
        }
        for complaint in shards.complaints { try StandardStream.error.write("pharos: \(complaint)\n") }
        if !shards.complaints.isEmpty { throw FinishedWithStatus(.integrity) }
    }
}

struct ShardsClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Remove all shards of a pipeline; what was joined stays.",
        discussion: "Example: pharos shards clear Pipelines/samples.yaml")

    @Argument(help: "The pipeline file.")
    var pipeline: String

    func run() async throws {
        let definition = try PipelineFile.read(
            FilePath(pipeline), environment: ProcessInfo.processInfo.environment)
        let count = try ShardMerge.clear(definition.store)
        try StandardStream.output.write("removed \(count) shards\n")
    }
}
