import SystemPackage

/// A command line that runs the shards of a pipeline on one machine, or on several over ssh, with GNU parallel.
public enum ParallelCommand {
    /// Returns the line for `shards` shards, `jobs` at a time; as many as there are processors when nil.
    ///
    /// The shards are joined even when one of them failed: the merge itself names what is missing.
    /// - Throws: ``PipelinesError`` of code `usage`.
    public static func text(_ command: JobCommand, shards: Int, jobs: Int? = nil) throws(PipelinesError)
        -> String
    {
        _ = try ShardAssignment(index: 0, count: shards)
        if let jobs, jobs < 1 {
            throw PipelinesError(.usage, "expected at least one job at a time, found \(jobs)")
        }
        let placeholder = "{shard}"
        // Beside its placeholder parallel replaces {.}, {/}, {#}, {%}, {1} and more, and runs {= what stands here =}.
        for path in [command.program, command.pipeline.string] where path.contains("{") {
            throw PipelinesError(
                .usage, "the path '\(path)' holds '{', which GNU parallel would read as its own; rename it",
                context: ["value": path])
        }
        let words = command.run(["--shard", "\(placeholder)/\(shards)"])
        let limit = jobs.map { "--jobs \($0) " } ?? ""
        return
            "seq 0 \(shards - 1) | parallel -q \(limit)-I '\(placeholder)' --joblog pharos-\(command.identifier).joblog "
            + "\(JobCommand.shell(words)); \(JobCommand.shell(command.merge(shards)))\n"
    }
}
