import SystemPackage

/// A script that submits a pipeline to Slurm as a job array, one task per shard, and a job that joins the shards.
///
/// `bash FILE` submits both; options after the file go to the array's `sbatch`, such as `--array=3,7` to run two
/// shards again.
public struct SlurmScript: Sendable, Hashable {
    /// The number of shards.
    public var shards: Int
    /// The most tasks at a time; no limit when nil.
    public var parallel: Int?
    /// Processors of a task.
    public var processors: Int?
    /// Memory of a task.
    public var memory: ByteSize?
    /// The time limit of a task.
    public var timeLimit: Duration?
    /// The partition; the cluster's default when nil.
    public var partition: String?
    /// The account that pays.
    public var account: String?

    /// Creates a script for `shards` shards.
    /// - Throws: ``PipelinesError`` of code `usage` when there are none or too many.
    public init(shards: Int) throws(PipelinesError) {
        _ = try ShardAssignment(index: 0, count: shards)
        self.shards = shards
    }

    /// Writes the script.
    /// - Throws: ``PipelinesError`` of code `usage` when a setting cannot stand in a job file.
    public func text(_ command: JobCommand) throws(PipelinesError) -> String {
        let name = "pharos-\(command.identifier)"
        let limit = parallel.map { "%\($0)" } ?? ""
        let taskOptions = Self.options(
            [
                "job-name=\(name)", "array=0-\(shards - 1)\(limit)", "requeue", "signal=B:TERM@60",
                "output=\(name)-%A_%a.log", "open-mode=append",
            ] + (try payment()) + (try resources()))
        let mergeOptions = Self.options(
            ["job-name=\(name)-merge", "requeue", "output=\(name)-merge-%j.log"] + (try payment()))
        let task = [command.program, "run", command.pipeline.string, "--shard"]
        return """
            #!/bin/bash
            # Runs the Pharos pipeline \(command.name) in \(shards) shards under Slurm, then joins them.
            # Submit with: bash THIS_FILE [options of sbatch, such as --array=3,7 to run two shards again]
            set -euo pipefail

            array=$(sbatch --parsable "$@" <<'PHAROS_SHARD'
            #!/bin/bash
            \(taskOptions)
            # Slurm signals this shell alone: it passes the signal on and waits for the status.
            signalled=0 child= status=1
            trap 'signalled=1; [ -z "$child" ] || kill -TERM "$child"' TERM INT
            \(JobCommand.shell(task)) "$SLURM_ARRAY_TASK_ID/\(shards)" &
            child=$!
            while :; do
                wait "$child"; result=$?
                [ "$result" -eq 127 ] || status=$result
                [ "$signalled" -eq 1 ] || break
                signalled=0
            done
            # 75: interrupted, safe to run again. Clusters with RequeueExit=75 do this by themselves.
            if [ "$status" -eq 75 ]; then
                scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" || true
            fi
            exit "$status"
            PHAROS_SHARD
            )
            array=${array%%;*}

            # afterany, as afterok waits for ever once a task was requeued. The merge itself checks that all is there.
            merge=$(sbatch --parsable --dependency="afterany:$array" <<'PHAROS_MERGE'
            #!/bin/bash
            \(mergeOptions)
            exec \(JobCommand.shell(command.merge(shards)))
            PHAROS_MERGE
            )
            echo "array $array, merge ${merge%%;*}"

            """
    }

    private static func options(_ options: [String]) -> String {
        options.map { "#SBATCH --\($0)" }.joined(separator: "\n")
    }

    private func payment() throws(PipelinesError) -> [String] {
        var options: [String] = []
        if let partition {
            try JobCommand.checkWord(partition, "a partition")
            options.append("partition=\(partition)")
        }
        if let account {
            try JobCommand.checkWord(account, "an account")
            options.append("account=\(account)")
        }
        return options
    }

    private func resources() throws(PipelinesError) -> [String] {
        var options: [String] = []
        for (what, number) in [("processor", processors), ("task at a time", parallel)] {
            if let number, number < 1 {
                throw PipelinesError(.usage, "expected at least one \(what), found \(number)")
            }
        }
        if let processors { options.append("cpus-per-task=\(processors)") }
        if let memory { options.append("mem=\(max(1, memory.bytes >> 20))M") }
        if let timeLimit {
            let minutes = (DurationText.milliseconds(timeLimit) + 59_999) / 60_000
            options.append("time=\(max(1, minutes))")
        }
        return options
    }
}
