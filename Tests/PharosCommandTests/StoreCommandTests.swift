import ArgumentParser
import CacheStorage
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

    @Test func countsToRecomputeAreNotNegative() {
        #expect(throws: (any Error).self) { try VerifyCommand.parse(["--recompute=-1"]) }
    }
}
