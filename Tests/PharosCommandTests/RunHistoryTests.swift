import CacheStorage
import Documents
import FileAccess
import Foundation
import SystemPackage
import Testing

@testable import PharosCommand

/// What a run notes of itself, and what later commands make of it.
@Suite struct RunHistoryTests {
    private struct FullDisk: TextSink, Error {
        func write(_ text: String) throws { throw self }
    }

    private func inStore(_ body: (CacheStore) throws -> Void) throws {
        let base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: base) }
        let root = FilePath(base.path(percentEncoded: false))
        try body(CacheStore.create(root, createdBy: "test", command: "test"))
    }

    private func history(_ store: CacheStore) throws -> RunHistory {
        try RunHistory(store: store, collection: "logs", definition: "", command: "run")
    }

    @Test func failuresAreLinesOfAFile() throws {
        try inStore { store in
            let history = try history(store)
            for number in 0..<3 {
                try history.note(DocumentFailure(.limit, "too large"), document: "log-\(number).txt")
            }
            try history.abandon("stopped")
            let path = store.paths.run(history.id).appending("failures.ndjson")
            let lines = try FileSystem.read(path).split(separator: 0x0A)
            #expect(lines.count == 3)
            #expect(try store.runs().map { $0.counts["failures"] } == [3])
            #expect(try store.failures(ofRun: history.id).count == 3)
            // A kill cut the last line short: nobody can tell what it was about.
            try AtomicFile.replace(path, with: Array(FileSystem.read(path).dropLast(9)))
            #expect(try store.forget("log-0.txt", in: "logs").runLines == 2)
            #expect(try FileSystem.read(path).split(separator: 0x0A) == [lines[1]])
        }
    }

    @Test func killedRunsAreRetried() throws {
        try inStore { store in
            let killed = try history(store)
            try killed.note(DocumentFailure(.limit, "too large", file: "in/log-1.txt"), document: "log-1.txt")
            let choice = try RetryChoice(store, collection: "logs", run: nil, documents: [])
            #expect(choice.contains("log-1.txt", file: "in/log-1.txt"))
            #expect(choice.summary.contains("run \(killed.id)"))
            #expect(!choice.contains("log-2.txt", file: "in/log-2.txt"))
        }
    }

    @Test func lostLinesAreToldOnceTheRunIsDone() throws {
        try inStore { store in
            let progress = ProgressReporter(
                total: ProgressCounts(documents: 1, tokens: 1), sink: BufferSink(), style: .lines)
            let history = try history(store)
            let silent = ProgressObserver(progress, output: nil, history: history)
            silent.failed(DocumentFailure(.limit, "too large"), document: nil)
            try silent.throwTrouble()
            let observer = ProgressObserver(progress, output: JSONLines(FullDisk()), history: history)
            observer.failed(DocumentFailure(.limit, "too large"), document: nil)
            #expect(throws: FullDisk.self) { try observer.throwTrouble() }
        }
    }

    @Test func unknownNamesAreUsageErrors() throws {
        try inStore { store in
            func status(_ body: () throws -> Void) -> PharosCommand.ExitStatus? {
                do {
                    try body()
                    return nil
                } catch {
                    return ErrorReport.reports(of: error).first?.status
                }
            }
            #expect(status { _ = try store.document("log-1.txt", in: "logs") } == .usage)
            let digest = String(repeating: "0", count: 64)
            #expect(status { try store.setPinned(true, cache: digest) } == .usage)
            let nowhere = store.paths.root.appending("nowhere")
            #expect(status { _ = try CacheStore(nowhere) } == .storeMissing)
        }
    }
}
