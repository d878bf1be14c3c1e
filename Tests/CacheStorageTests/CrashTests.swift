import CacheStorage
import FileAccess
import Foundation
import SystemPackage
import Testing

/// Runs that end by `kill -9`, in processes of their own.
@Suite struct CrashTests {
    private static let documents = 3
    private static let environment = ProcessInfo.processInfo.environment

    /// The run of a child process: ends itself at a given file operation, or is ended from outside.
    @Test(.enabled(if: environment["PHAROS_CRASH_STORE"] != nil))
    func childRun() throws {
        let root = FilePath(try #require(Self.environment["PHAROS_CRASH_STORE"]))
        let place = Self.environment["PHAROS_CRASH_OPERATION"].flatMap { Int($0) }
        let faults = FileFaults { index, _, _ in index == place ? .kill : .proceed }
        try FileFaults.$current.withValue(faults) { try Self.run(root) }
    }

    private static func run(_ root: FilePath) throws {
        let store = try CacheStore.create(root, createdBy: "1.0", command: "run")
        for number in 0..<documents { try StoreExample.publish(number, in: store) }
    }

    /// Starts this test program again, for ``childRun()`` alone.
    private func child(_ root: FilePath, operation: Int?) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--testing-library", "swift-testing", "--filter", "CrashTests/childRun"]
        var environment = Self.environment
        environment["PHAROS_CRASH_STORE"] = root.string
        environment["PHAROS_CRASH_OPERATION"] = operation.map { String($0) }
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func content(_ root: FilePath) throws -> [String: [UInt8]] {
        var content = try StoreExample.content(root)
        content["catalog.sqlite.sum"] = nil
        return content
    }

    @Test(.enabled(if: environment["PHAROS_CRASH_STORE"] == nil))
    func killedRunsEndInTheSameStore() throws {
        try withTemporaryDirectory { directory in
            let reference = directory.appending("reference")
            let faults = FileFaults { _, _, _ in .proceed }
            try FileFaults.$current.withValue(faults) { try Self.run(reference) }
            let expected = try content(reference)
            // Every n-th operation by default; all of them, and kills at random instants, where asked for.
            let rounds = Self.environment["PHAROS_CRASH_ROUNDS"].flatMap { Int($0) } ?? 12
            var random = SeededRandom(23)
            var kills = 0
            for round in 0..<rounds {
                let root = directory.appending("s")
                for _ in 0...round % 3 {
                    let byOperation = round % 2 == 0
                    let place = Int.random(in: 0..<faults.operationCount, using: &random)
                    let process = try child(root, operation: byOperation ? place : nil)
                    if !byOperation {
                        Thread.sleep(forTimeInterval: Double.random(in: 0...0.5, using: &random))
                        process.killHard()
                    }
                    process.waitUntilExit()
                    if process.terminationReason == .uncaughtSignal { kills += 1 }
                }
                try Self.run(root)
                #expect(try content(root) == expected, "round \(round)")
                #expect(try CacheStore(root).verify(readingData: true).findings.isEmpty)
                try FileManager.default.removeItem(atPath: root.string)
            }
            print("\(kills) runs killed")
            #expect(kills > rounds / 2)
        }
    }
}

extension Process {
    fileprivate func killHard() {
        if isRunning { kill(processIdentifier, SIGKILL) }
    }
}
