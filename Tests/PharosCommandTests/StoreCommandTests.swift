import ArgumentParser
import CacheStorage
import ContextCaching
import Pipelines
import Testing

@testable import PharosCommand

@Suite struct StoreCommandTests {
    @Test func samplesAreDifferentAndRepeatable() {
        let chosen = WindowSample.choose(20, of: 100, seed: 3)
        #expect(chosen.count == 20 && Set(chosen).count == 20)
        #expect(chosen == chosen.sorted() && chosen.allSatisfy { (0..<100).contains($0) })
        #expect(chosen == WindowSample.choose(20, of: 100, seed: 3))
        #expect(chosen != WindowSample.choose(20, of: 100, seed: 4))
        #expect(WindowSample.choose(9, of: 4, seed: 0) == [0, 1, 2, 3])
        #expect(WindowSample.choose(0, of: 4, seed: 0).isEmpty)
        #expect(WindowSample.choose(3, of: 0, seed: 0).isEmpty)
    }

    @Test func pruningNeedsARule() throws {
        #expect(throws: (any Error).self) { try PruneCommand.parse(["--dry-run"]) }
        #expect(throws: (any Error).self) { try PruneCommand.parse(["--max-bytes", "many"]) }
        #expect(throws: (any Error).self) { try PruneCommand.parse(["--older-than", "soon"]) }
        let policy = try PruneCommand.parse(["--superseded", "--unused-for", "1h30m", "--max-bytes", "2KiB"])
            .policy(now: 10_000)
        #expect(policy.superseded && !policy.orphans)
        #expect(policy.unusedSince == 4_600)
        #expect(policy.writtenBefore == nil)
        #expect(policy.maximumByteCount == 2_048)
    }

    /// A run that looked at some documents says nothing about the failures of the others.
    @Test func failuresStayOpenUntilAWholeRun() {
        func run(_ id: String, _ command: String, _ status: String = "done") -> RunRecord {
            var run = RunRecord(
                id: id, collection: "c", command: command, version: "1", definition: "", started: 1)
            run.status = status
            return run
        }
        let runs = [
            run("5", "retry p.yaml", "failed"), run("4", "add --collection c"),
            run("3", "run p.yaml", "stopped"),
            run("2", "run p.yaml", "done with failures"), run("1", "run p.yaml"),
        ]
        #expect(RetryChoice.open(runs).map(\.id) == ["5", "4", "3", "2"])
        #expect(RetryChoice.open(Array(runs.prefix(2))).map(\.id) == ["5", "4"])
        #expect(RetryChoice.open([]).isEmpty)
        // What is tried again in part leaves the rest open; what is tried again in whole does not.
        let part = run("6", "retry p.yaml --document a.txt")
        #expect(RetryChoice.open([part] + runs).map(\.id) == ["6", "5", "4", "3", "2"])
        #expect(RetryChoice.open([run("7", "retry p.yaml"), part] + runs).map(\.id) == ["7"])
    }

    /// A pipeline file without settings and `add` without flags make the same caches.
    @Test func defaultsAreTheSameEverywhere() throws {
        let add = try AddCommand.parse(["notes", "--collection", "c"])
        let entry = CompressionEntry()
        let byFlags = try CompressionChoice.settings(
            ratio: add.ratio ?? String(CompressionDefaults.ratio), segment: add.segment, window: add.window)
        #expect(byFlags == CompressionChoice.settings(entry))
        #expect(add.values == KeyValueEncoding(entry.values) && add.zstd == entry.zstdLevel)
        let storage = StorageSettings()
        #expect(storage.values == add.values && storage.level == add.zstd)
        let help = AddCommand.helpMessage()
        #expect(help.contains("(default: \(CompressionDefaults.ratio))") && help.contains("default: int8)"))
    }

    @Test func countsToRecomputeAreNotNegative() {
        #expect(throws: (any Error).self) { try VerifyCommand.parse(["--recompute=-1"]) }
    }
}
