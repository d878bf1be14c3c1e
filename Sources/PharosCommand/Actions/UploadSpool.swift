import CacheStorage
import FileAccess
import Foundation
import HTTPService
import Synchronization
import SystemPackage

/// The uploads that services have accepted and not brought in yet, as files in the store's directory.
///
/// Each service holds a folder of its own, `uploads/<number>`, by its lock, and takes over those whose holders have
/// ended. A file is there completely or not at all; it goes when its documents are in the store. In an encrypted store
/// it is sealed like everything else.
final class UploadSpool: Sendable {
    private struct Entry: Sendable {
        var folder: FilePath
        var number: Int
        var attempts: Int
        var id: String

        var path: FilePath {
            let digits = String(number)
            let padding = String(repeating: "0", count: max(0, 8 - digits.count))
            return folder.appending("\(padding)\(digits)-\(attempts)-\(id).upload")
        }
    }

    /// What is kept beside the bytes, as a line of JSON before them.
    private struct Heading: Codable {
        var collection: String
        var name: String
    }

    private struct State {
        var locks: [DirectoryLock] = []
        /// The folder that new uploads go to.
        var folder: FilePath?
        var entries: [String: Entry] = [:]
        var number = 0
    }

    /// How often an upload is begun before it is left alone: a file that ends the program must not do so for ever.
    static let attempts = 3

    private let root: FilePath
    private let key: StoreKey?
    private let state = Mutex(State())

    /// - Parameter root: the store's folder of uploads, made by the first one.
    init(_ root: FilePath, key: StoreKey?) {
        self.root = root
        self.key = key
    }

    /// Makes an upload durable.
    func keep(_ upload: Upload, bytes: [UInt8]) throws {
        let entry = try state.withLock { state in
            let folder = try state.folder ?? ownFolder(&state)
            state.number += 1
            return Entry(folder: folder, number: state.number, attempts: 0, id: upload.id)
        }
        let heading = try JSONEncoder().encode(Heading(collection: upload.collection, name: upload.name))
        let content = Array(heading) + [UInt8(ascii: "\n")] + bytes
        try AtomicFile.replace(
            entry.path, with: try key?.seal(content, as: Self.sealName(upload.id)) ?? content)
        state.withLock { $0.entries[upload.id] = entry }
    }

    /// Takes over what services that have ended left, and gives all of it that can still be brought in, oldest first.
    ///
    /// - Parameter trouble: told of each file that cannot.
    func takeOver(_ trouble: (FilePath, String) -> Void) throws -> [Upload] {
        try state.withLock { state in
            guard try FileSystem.kind(of: root) == .directory else { return [] }
            var found: [(Entry, Upload)] = []
            for name in try FileSystem.list(root) where Int(name) != nil {
                let folder = root.appending(name)
                guard state.locks.allSatisfy({ $0.path != folder.appending("lock") }),
                    let lock = try Self.lock(folder)
                else { continue }
                state.locks.append(lock)
                state.folder = state.folder ?? folder
                for file in try FileSystem.list(folder) {
                    let path = folder.appending(file)
                    if AtomicFile.isPartialName(file) { try FileSystem.remove(path) }
                    guard let entry = Self.entry(file, in: folder) else { continue }
                    state.number = max(state.number, entry.number)
                    guard entry.attempts < Self.attempts else {
                        trouble(path, "it was begun \(entry.attempts) times and never ended")
                        continue
                    }
                    do {
                        let (heading, bytes) = try read(entry)
                        let upload = Upload(
                            id: entry.id, collection: heading.collection, name: heading.name,
                            byteCount: bytes.count)
                        found.append((entry, upload))
                        state.entries[entry.id] = entry
                    } catch let error as any ReportableError {
                        trouble(path, error.reportMessage)
                    }
                }
            }
            return found.sorted { $0.0.number < $1.0.number }.map(\.1)
        }
    }

    /// Notes that an upload is begun, and gives its bytes.
    func begin(_ id: String) throws -> [UInt8] {
        let bytes = try read(try entry(id)).bytes
        try count(id, +1)
        return bytes
    }

    /// Notes that an upload was stopped in good order: its attempt does not count.
    func putBack(_ id: String) throws { try count(id, -1) }

    /// Lets go of an upload whose documents are in the store, or never can be.
    func remove(_ id: String) throws {
        let entry = try entry(id)
        try FileSystem.remove(entry.path)
        try FileSystem.synchronizeDirectory(entry.folder)
        state.withLock { $0.entries[id] = nil }
    }

    private func count(_ id: String, _ change: Int) throws {
        let former = try entry(id)
        var entry = former
        entry.attempts = max(0, entry.attempts + change)
        try FileSystem.rename(former.path, to: entry.path)
        try FileSystem.synchronizeDirectory(entry.folder)
        state.withLock { [entry] in $0.entries[id] = entry }
    }

    private func entry(_ id: String) throws -> Entry {
        guard let entry = state.withLock({ $0.entries[id] }) else {
            throw CommandError(.failed, "the upload \(id) is not among those that are kept")
        }
        return entry
    }

    private func read(_ entry: Entry) throws -> (heading: Heading, bytes: [UInt8]) {
        var content = try FileSystem.read(entry.path, limit: .max)
        if let key { content = try key.open(content, as: Self.sealName(entry.id)) }
        do {
            let end = content.firstIndex(of: UInt8(ascii: "\n")) ?? content.endIndex
            let heading = try JSONDecoder().decode(Heading.self, from: Data(content[..<end]))
            return (heading, Array(content[min(end + 1, content.endIndex)...]))
        } catch {
            throw CommandError(.badInput, "\(entry.path) is no upload; remove it")
        }
    }

    /// The first folder that no living service holds.
    private func ownFolder(_ state: inout State) throws -> FilePath {
        var number = 1
        while true {
            let folder = root.appending(String(number))
            try FileSystem.createDirectory(folder)
            if let lock = try Self.lock(folder) {
                state.locks.append(lock)
                state.folder = folder
                return folder
            }
            number += 1
        }
    }

    /// The lock of a folder, or nil where a living service holds it.
    private static func lock(_ folder: FilePath) throws -> DirectoryLock? {
        do {
            return try DirectoryLock(folder.appending("lock"), command: "serve")
        } catch let error as FileAccessError where error.code == .locked {
            return nil
        }
    }

    private static func entry(_ file: String, in folder: FilePath) -> Entry? {
        guard file.hasSuffix(".upload") else { return nil }
        let parts = file.dropLast(7).split(separator: "-", maxSplits: 2)
        // Names are as anybody may have left them; numbers go on from the largest.
        guard parts.count == 3, let number = Int(parts[0]), let attempts = Int(parts[1]),
            (0..<1 << 53).contains(number), attempts >= 0
        else { return nil }
        return Entry(folder: folder, number: number, attempts: attempts, id: String(parts[2]))
    }

    private static func sealName(_ id: String) -> String { "upload \(id)" }
}
