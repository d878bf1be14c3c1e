import ArgumentParser
import Foundation
import Pipelines
import SystemPackage
import Tensors

/// The pipeline file and the flags that `run` and `plan` share.
struct PipelineOptions: ParsableArguments {
    @Argument(help: "The pipeline file.")
    var pipeline: String

    @OptionGroup var model: ModelOptions

    @OptionGroup var encryption: KeyOptions

    @Flag(help: "Print one JSON object per document, then a summary.")
    var json = false

    /// Reads the file and prepares the action.
    func action(command: String) throws -> RunAction {
        try RunAction(
            FilePath(pipeline), model: model, encryption: encryption, json: json, command: command)
    }
}

/// The flag of `run` and `plan` about sources that hold nothing.
struct EmptySourceOptions: ParsableArguments {
    @Flag(help: "Remove what came from sources that hold no document any more, instead of keeping it.")
    var allowEmptySources = false
}

extension RunAction {
    /// Reads the pipeline file at `path` and loads its model.
    init(
        _ path: FilePath, model: ModelOptions, encryption: KeyOptions, json: Bool,
        command: String
    ) throws {
        let definition = try PipelineFile.read(path, environment: ProcessInfo.processInfo.environment)
        var file: FilePath?
        if case .directory(let directory) = definition.model { file = directory }
        let format = WeightFormat(rawValue: definition.weights.rawValue)
        let key = try encryption.key(file: definition.encryption.keyFile)
        let loaded = try model.load(file: file, format: format, template: definition.template)
        let text = FileManager.default.contents(atPath: path.string).map {
            String(decoding: $0, as: UTF8.self)
        }
        var request = try RunRequest(
            definition, text: text ?? "",
            compression: CompressionChoice.settings(definition.compression))
        request.file = path
        request.key = key
        self.init(request: request, loaded: loaded, json: json, command: command)
        options.threads = try model.threadCount()
        options.budget = request.budget
    }
}

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Compress what changed in a pipeline's sources, answer its questions, report.",
        discussion: """
            Running again does only what is left to do. A document that left the sources leaves the \
            collection, unless a source holds nothing at all, as one whose volume is not mounted. Exits with 3 \
            if some documents or questions failed or a source is empty, 12 if a cache that a question needs \
            does not belong to the model, 13 if one is damaged, 75 or 130 if the run was stopped.

            Example: pharos run Pipelines/samples.yaml
            One of four shards, in the store's directory shards/00000-of-00004: pharos run FILE --shard 0/4
            """)

    @OptionGroup var options: PipelineOptions

    @OptionGroup var empty: EmptySourceOptions

    @Flag(help: "Say what would be done, without doing it; the same as 'plan'.")
    var dryRun = false

    @Option(help: "Documents in work at a time. (default: one per thread)")
    var jobs: Int?

    @Flag(help: "Stop at the first document that fails.")
    var failFast = false

    @Option(help: "Stop once more documents than this have failed.")
    var maxFailures: Int?

    @Option(help: "Do one share of the documents: K/N with K from 0 to N-1, or 'auto' for the job engine's.")
    var shard: String?

    func validate() throws {
        if let maxFailures, maxFailures < 0 {
            throw ValidationError("--max-failures is \(maxFailures); give 0 or more")
        }
    }

    func run() async throws {
        let assignment = try shard.map { try ShardChoice.assignment($0) }
        var action = try options.action(command: "run \(options.pipeline)")
        if let assignment { ShardChoice.apply(assignment, to: &action) }
        action.dryRun = dryRun
        action.options.allowsEmptySources = empty.allowEmptySources
        action.options.failFast = failFast
        action.options.maxFailures = maxFailures
        action.options.jobs = try JobCount.resolve(jobs, threads: action.options.threads)
        try action.perform()
    }
}

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what a run would do with each document, and why.",
        discussion: "Example: pharos plan Pipelines/samples.yaml")

    @OptionGroup var options: PipelineOptions

    @OptionGroup var empty: EmptySourceOptions

    func run() async throws {
        var action = try options.action(command: "plan \(options.pipeline)")
        action.dryRun = true
        action.options.allowsEmptySources = empty.allowEmptySources
        try action.perform()
    }
}

/// Documents in work at a time.
enum JobCount {
    static func resolve(_ flag: Int?, threads: Int) throws -> Int {
        let environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        let jobs = try environment.resolve(flag: flag, .jobs, default: min(threads, 256))
        guard (1...256).contains(jobs) else {
            throw CommandError(.usage, "--jobs is \(jobs)", hint: "give 1 to 256")
        }
        return jobs
    }
}
