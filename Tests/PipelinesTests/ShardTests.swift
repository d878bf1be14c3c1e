import Testing

@testable import Pipelines

@Suite struct ShardTests {
    @Test func everyDocumentBelongsToOneShard() throws {
        let ids = (0..<3_000).map { "manuals/\($0).md" }
        for count in [1, 2, 7, 100] {
            let shards = try (0..<count).map { try ShardAssignment(index: $0, count: count) }
            let sizes = shards.map { shard in ids.filter(shard.contains).count }
            #expect(sizes.reduce(0, +) == ids.count)
            #expect(sizes.allSatisfy { abs($0 - ids.count / count) < ids.count / count / 2 + 20 })
        }
    }

    @Test func theAssignmentIsPinned() {
        #expect(
            (0..<8).map { ShardAssignment.index(ofDocument: "document-\($0)", count: 5) } == [
                4, 3, 3, 1, 3, 3, 3, 1,
            ])
    }

    @Test func shardsAreReadAndNamed() throws {
        let shard = try ShardAssignment("17/100")
        #expect((shard.index, shard.count) == (17, 100))
        #expect(shard.directoryName == "00017-of-00100")
        #expect(shard.description == "17/100")
    }

    @Test(arguments: [
        "", "1", "/", "4/4", "-1/4", "1/0", "1/2/3", " 1/4", "1/4x", "0/100001", "٣/4",
        "9999999999/9999999999",
    ])
    func wrongShardsAreUsageErrors(_ text: String) {
        let error = #expect(throws: PipelinesError.self) { try ShardAssignment(text) }
        #expect(error?.code == .usage)
    }

    @Test(arguments: [
        (["PHAROS_SHARD_INDEX": "2", "PHAROS_SHARD_COUNT": "4"], "2/4"),
        (["PHAROS_SHARD_INDEX": "2", "PHAROS_SHARD_COUNT": "4", "SLURM_ARRAY_TASK_ID": "9"], "2/4"),
        (
            [
                "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "8", "SLURM_ARRAY_TASK_MIN": "0",
                "SLURM_ARRAY_TASK_MAX": "7",
            ], "3/8"
        ),
        (["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "2", "PHAROS_SHARD_COUNT": "8"], "3/8"),
        (["JOB_COMPLETION_INDEX": "0", "PHAROS_SHARD_COUNT": "3"], "0/3"),
        (["AWS_BATCH_JOB_ARRAY_INDEX": "1", "AWS_BATCH_JOB_ARRAY_SIZE": "3"], "1/3"),
        (["SGE_TASK_ID": "1", "SGE_TASK_FIRST": "1", "SGE_TASK_LAST": "5", "SGE_TASK_STEPSIZE": "1"], "0/5"),
        (["PARALLEL_SEQ": "4", "PHAROS_SHARD_COUNT": "4", "SGE_TASK_ID": "undefined"], "3/4"),
    ])
    func theEnvironmentSettlesTheShard(_ environment: [String: String], _ shard: String) throws {
        #expect(try ShardEnvironment.assignment(environment).description == shard)
    }

    @Test(arguments: [
        ([:], "no shard setting found"),
        (["PHAROS_SHARD_INDEX": "2"], "PHAROS_SHARD_COUNT is not"),
        (["PHAROS_SHARD_COUNT": "2"], "PHAROS_SHARD_INDEX is not"),
        (["PHAROS_SHARD_INDEX": "2", "PHAROS_SHARD_COUNT": "2"], "from 0 to 1"),
        (["PHAROS_SHARD_INDEX": "two", "PHAROS_SHARD_COUNT": "2"], "expected a number"),
        (["SLURM_ARRAY_TASK_ID": "3"], "set PHAROS_SHARD_COUNT as well"),
        (
            [
                "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_MIN": "3",
                "SLURM_ARRAY_TASK_MAX": "4",
            ], "set PHAROS_SHARD_COUNT as well"
        ),
        (["JOB_COMPLETION_INDEX": "0"], "Kubernetes"),
        (["PARALLEL_SEQ": "0", "PHAROS_SHARD_COUNT": "3"], "count from 1"),
        (
            ["PARALLEL_SEQ": "1", "JOB_COMPLETION_INDEX": "0", "PHAROS_SHARD_COUNT": "3"],
            "found JOB_COMPLETION_INDEX"
        ),
    ])
    func halfASettingIsAUsageError(_ environment: [String: String], _ message: String) {
        let error = #expect(throws: PipelinesError.self) { try ShardEnvironment.assignment(environment) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
}
