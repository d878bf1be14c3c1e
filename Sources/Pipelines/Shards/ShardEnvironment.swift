/// Finds out from the environment which share of the work a process has: `--shard auto`.
///
/// Pharos' own variables win. Otherwise the array or index variables of Slurm, Kubernetes, AWS Batch, SGE and GNU
/// parallel give the number of the share; those that do not give how many there are need `PHAROS_SHARD_COUNT`.
/// Half a setting is refused: a share that takes itself for the whole would do everyone's work.
public enum ShardEnvironment {
    /// The variable of the share's number, from 0.
    public static let indexVariable = "PHAROS_SHARD_INDEX"
    /// The variable of the number of shares.
    public static let countVariable = "PHAROS_SHARD_COUNT"

    /// What a job engine says about one of its tasks.
    private struct Task {
        let engine: String
        let variable: String
        let index: Int
        /// How many tasks there are, where the engine says so and they are numbered without gaps.
        let count: Int?
    }

    /// Returns the share of this process.
    /// - Throws: ``PipelinesError`` of code `usage` when there is no setting, half a setting, or more than one.
    public static func assignment(_ environment: [String: String]) throws(PipelinesError) -> ShardAssignment {
        let index = try number(indexVariable, environment)
        let count = try number(countVariable, environment)
        if let index {
            guard let count else {
                throw usage("\(indexVariable) is set but \(countVariable) is not; set both or neither")
            }
            return try ShardAssignment(index: index, count: count)
        }
        let tasks = try tasks(environment)
        guard let task = tasks.first else {
            guard count == nil else {
                throw usage(
                    "\(countVariable) is set but \(indexVariable) is not, and no job engine numbers this process"
                )
            }
            throw usage(
                "no shard setting found; set \(indexVariable) and \(countVariable), or run under Slurm, Kubernetes, "
                    + "AWS Batch, SGE or GNU parallel")
        }
        guard tasks.count == 1 else {
            let names = tasks.map { "\($0.variable) of \($0.engine)" }.joined(separator: " and ")
            throw usage("found \(names); set \(indexVariable) and \(countVariable) to settle the shard")
        }
        guard let total = count ?? task.count else {
            throw usage(
                "\(task.variable) of \(task.engine) numbers this process, but not how many there are; "
                    + "set \(countVariable) as well")
        }
        return try ShardAssignment(index: task.index, count: total)
    }

    private static func tasks(_ environment: [String: String]) throws(PipelinesError) -> [Task] {
        var tasks: [Task] = []
        if let index = try number("SLURM_ARRAY_TASK_ID", environment) {
            // A task that is run again alone is its array's only one: then the engine's count says nothing.
            let count = try number("SLURM_ARRAY_TASK_COUNT", environment)
            let last = try number("SLURM_ARRAY_TASK_MAX", environment)
            let first = try number("SLURM_ARRAY_TASK_MIN", environment)
            let isWhole = first == 0 && last.map { $0 + 1 } == count
            tasks.append(
                Task(
                    engine: "Slurm", variable: "SLURM_ARRAY_TASK_ID", index: index,
                    count: isWhole ? count : nil))
        }
        if let index = try number("JOB_COMPLETION_INDEX", environment) {
            tasks.append(
                Task(engine: "Kubernetes", variable: "JOB_COMPLETION_INDEX", index: index, count: nil))
        }
        if let index = try number("AWS_BATCH_JOB_ARRAY_INDEX", environment) {
            let count = try number("AWS_BATCH_JOB_ARRAY_SIZE", environment)
            tasks.append(
                Task(engine: "AWS Batch", variable: "AWS_BATCH_JOB_ARRAY_INDEX", index: index, count: count))
        }
        if environment["SGE_TASK_ID"] != "undefined", let id = try number("SGE_TASK_ID", environment) {
            let first = try number("SGE_TASK_FIRST", environment)
            let step = try number("SGE_TASK_STEPSIZE", environment)
            let isWhole = first == 1 && (step ?? 1) == 1
            let last = try number("SGE_TASK_LAST", environment)
            tasks.append(try counted("SGE", "SGE_TASK_ID", id, count: isWhole ? last : nil))
        }
        if let sequence = try number("PARALLEL_SEQ", environment) {
            tasks.append(try counted("GNU parallel", "PARALLEL_SEQ", sequence, count: nil))
        }
        return tasks
    }

    /// A task of an engine that counts from 1.
    private static func counted(
        _ engine: String, _ variable: String, _ number: Int, count: Int?
    ) throws(PipelinesError) -> Task {
        guard number > 0 else {
            throw usage("expected \(variable) of \(engine) to count from 1, found \(number)")
        }
        return Task(engine: engine, variable: variable, index: number - 1, count: count)
    }

    private static func number(_ name: String, _ environment: [String: String]) throws(PipelinesError) -> Int?
    {
        guard let text = environment[name], !text.isEmpty else { return nil }
        guard let number = ShardAssignment.number(text) else {
            throw PipelinesError(
                .usage, "expected a number in the environment variable \(name), found '\(text.prefix(40))'",
                context: ["variable": name])
        }
        return number
    }

    private static func usage(_ message: String) -> PipelinesError { PipelinesError(.usage, message) }
}
