import ArgumentParser
import Foundation
import Pipelines
import SystemPackage

struct EmitSlurmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slurm",
        abstract:
            "A script that submits a pipeline as a job array, one task per shard, and the merge after it.",
        discussion: """
            Example: pharos emit slurm Pipelines/nightly.yaml --shards 16 --time 4h --memory 8GiB > nightly.sh
            Then: bash nightly.sh
            """)

    @OptionGroup var options: EmitOptions

    @Option(help: "Shards, one task each.")
    var shards: Int

    @Option(help: "The most tasks at a time. (default: no limit)")
    var parallel: Int?

    @Option(help: "Processors of a task. (default: the cluster's)")
    var processors: Int?

    @Option(help: "Memory of a task, such as 8GiB. (default: the cluster's)")
    var memory: ByteSize?

    @Option(help: "The time limit of a task, such as 4h. (default: the cluster's)")
    var time: String?

    @Option(help: "The partition. (default: the cluster's)")
    var partition: String?

    @Option(help: "The account that pays. (default: the user's)")
    var account: String?

    func run() async throws {
        var script = try SlurmScript(shards: shards)
        script.parallel = parallel
        script.processors = processors
        script.memory = memory
        script.partition = partition
        script.account = account
        if let time {
            guard let limit = DurationText.parse(time) else {
                throw CommandError(.usage, "--time is '\(time)'", hint: "give a duration such as 4h or 90m")
            }
            script.timeLimit = limit
        }
        try options.emit { _, command in
            [EmittedFile(name: "pharos-\(command.identifier).sh", text: try script.text(command))]
        }
    }
}

struct EmitKubernetesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubernetes",
        abstract: "An Indexed Job that runs a pipeline, one pod per shard.",
        discussion: """
            The pods find the pipeline file, the sources and the store on the volume claim, at the same paths as here.

            Example: pharos emit kubernetes /data/nightly.yaml --shards 8 --image pharos:0.1 --claim pharos-data
            """)

    @OptionGroup var options: EmitOptions

    @Option(help: "Shards, one pod each.")
    var shards: Int

    @Option(help: "The container image with 'pharos' in it.")
    var image: String

    @Option(help: "The volume claim that holds what the pipeline names.")
    var claim: String

    @Option(help: "Where the claim is mounted.")
    var mount: String = "/data"

    @Option(help: "The most pods at a time. (default: all)")
    var parallel: Int?

    @Option(help: "Processors of a pod.")
    var processors: Int = 2

    @Option(help: "Memory of a pod.")
    var memory: ByteSize = .gibibytes(4)

    @Option(help: "How often a failed shard is tried again.")
    var retries: Int = 3

    func run() async throws {
        var job = try KubernetesJob(shards: shards, image: image, claim: claim, mountPath: mount)
        job.parallel = parallel ?? shards
        job.processors = processors
        job.memory = memory
        job.retries = retries
        try options.emit(program: "pharos") { _, command in
            if !command.pipeline.starts(with: FilePath(mount)) {
                try StandardStream.error.write(
                    "pharos: \(command.pipeline) is not below \(mount), where the pods look for it; "
                        + "mount the claim elsewhere with --mount, or emit from a copy below it\n")
            }
            return [EmittedFile(name: "pharos-\(command.identifier).yaml", text: try job.text(command))]
        }
    }
}

struct EmitParallelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parallel",
        abstract: "A command line that runs the shards of a pipeline with GNU parallel.",
        discussion: "Example: pharos emit parallel Pipelines/nightly.yaml --shards 4 --jobs 2 | sh")

    @OptionGroup var options: EmitOptions

    @Option(help: "Shards, one process each.")
    var shards: Int

    @Option(help: "Processes at a time. (default: one per processor)")
    var jobs: Int?

    func run() async throws {
        try options.emit { _, command in
            let text = try ParallelCommand.text(command, shards: shards, jobs: jobs)
            return [EmittedFile(name: "pharos-\(command.identifier).sh", text: text)]
        }
    }
}
