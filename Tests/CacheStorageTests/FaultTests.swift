import CacheStorage
import FileAccess
import Foundation
import Synchronization
import SystemPackage
import Testing

/// What becomes of a store when its file operations fail, or the machine loses power between them.
@Suite struct FaultTests {
    /// More of them, and so more operations, where asked for.
    private static let documents =
        ProcessInfo.processInfo.environment["PHAROS_FAULT_DOCUMENTS"].flatMap { Int($0) } ?? 2
    /// Every operation is tried in release builds, every fourth in debug builds, which are slow.
    #if DEBUG
        private static let step = 4
    #else
        private static let step = 1
    #endif

    private func places(_ operations: Int, offset: Int) -> StrideTo<Int> {
        stride(from: offset % Self.step, to: operations, by: Self.step)
    }

    /// A run over the documents, as a pipeline would do it; returns the documents that were acknowledged.
    private func run(_ root: FilePath) throws -> [Int] {
        var done: [Int] = []
        let store = try CacheStore.create(root, createdBy: "1.0", command: "run")
        for number in 0..<Self.documents {
            try StoreExample.publish(number, in: store)
            done.append(number)
        }
        return done
    }

    /// The content of an undisturbed run, and the operations that it takes.
    private func reference(_ directory: FilePath) throws -> (content: [String: [UInt8]], operations: Int) {
        let root = directory.appending("reference")
        let faults = FileFaults { _, _, _ in .proceed }
        try FileFaults.$current.withValue(faults) { _ = try run(root) }
        var content = try StoreExample.content(root)
        content["catalog.sqlite.sum"] = nil
        return (content, faults.operationCount)
    }

    private func content(_ root: FilePath) throws -> [String: [UInt8]] {
        var content = try StoreExample.content(root)
        content["catalog.sqlite.sum"] = nil
        return content
    }

    @Test func everyFailedOperationIsToldAndTheNextRunMendsIt() throws {
        try withTemporaryDirectory { directory in
            let (expected, operations) = try reference(directory)
            #expect(operations > 40)
            for number in [ENOSPC, EIO] {
                for place in places(operations, offset: number == EIO ? 0 : Self.step / 2) {
                    let root = directory.appending("s")
                    let faults = FileFaults { index, _, _ in index == place ? .fail(number) : .proceed }
                    var failed = false
                    do {
                        _ = try FileFaults.$current.withValue(faults) { try run(root) }
                    } catch is CacheStorageError {
                        failed = true
                    }
                    // The last operations seal the catalog, which is allowed to fail.
                    #expect(try failed || content(root) == expected, "operation \(place)")
                    _ = try run(root)
                    #expect(try content(root) == expected, "operation \(place)")
                    try FileManager.default.removeItem(atPath: root.string)
                }
            }
        }
    }

    @Test func whatWasAcknowledgedOutlivesALossOfPower() throws {
        try withTemporaryDirectory { directory in
            let (expected, operations) = try reference(directory)
            var random = SeededRandom(17)
            for place in places(operations, offset: 1) {
                let root = directory.appending("s")
                let disk = Mutex(VolatileDisk())
                let faults = FileFaults { index, operation, path in
                    guard index < place else { return .fail(EIO) }
                    disk.withLock { $0.note(operation, path) }
                    return .proceed
                }
                let acknowledged = Mutex<[Int]>([])
                do {
                    try FileFaults.$current.withValue(faults) {
                        let store = try CacheStore.create(root, createdBy: "1.0", command: "run")
                        for number in 0..<Self.documents {
                            try StoreExample.publish(number, in: store)
                            acknowledged.withLock { $0.append(number) }
                        }
                    }
                } catch is CacheStorageError {}
                try disk.withLock { try $0.losePower(&random) }
                // What was acknowledged is there before anything is run again.
                for number in acknowledged.withLock({ $0 }) {
                    let store = try CacheStore(root)
                    let document = try store.document("depot-\(number)", in: "harbour")
                    #expect(try store.text(of: document) == StoreExample.text(number))
                    try store.openCache(StoreExample.cache(number).identity).verify()
                }
                _ = try run(root)
                #expect(try content(root) == expected, "operation \(place)")
                try FileManager.default.removeItem(atPath: root.string)
            }
        }
    }
}

/// Remembers which bytes and names had not reached the disk, and takes them away.
private struct VolatileDisk {
    private var unsynchronized: Set<FilePath> = []
    private var renamed: [FilePath: FilePath] = [:]

    mutating func note(_ operation: FileOperation, _ path: FilePath) {
        switch operation {
        case .write, .create: unsynchronized.insert(path)
        case .synchronize: unsynchronized.remove(path)
        case .rename: renamed[path] = path.removingLastComponent()
        case .synchronizeDirectory: renamed = renamed.filter { $0.value != path }
        case .remove, .close: break
        }
    }

    /// Cuts files short that were not synchronised, and undoes renames whose directory was not.
    func losePower(_ random: inout SeededRandom) throws {
        for path in unsynchronized.sorted(by: { $0.string < $1.string })
        where try FileSystem.kind(of: path) == .file && path.lastComponent?.string != "lock" {
            let bytes = try FileSystem.read(path)
            let kept = Int.random(in: 0...bytes.count, using: &random)
            try Data(bytes.prefix(kept)).write(to: URL(fileURLWithPath: path.string))
        }
        for partial in renamed.keys.sorted(by: { $0.string < $1.string }) {
            let name = (partial.lastComponent?.string ?? "").dropFirst().dropLast(".partial".count)
            let target = partial.removingLastComponent().appending(String(name))
            if Bool.random(using: &random), try FileSystem.kind(of: target) == .file {
                try FileSystem.rename(target, to: partial)
            }
        }
    }
}
