internal import Glibc
public import SystemPackage

/// The right to change a directory, held by one process at a time through `flock` on a file in it.
///
/// The file names the holder for people. The system drops the lock when its holder ends, however it ends, so a dead
/// holder never blocks anyone; ``abandonedBy`` tells that one left without releasing.
public final class DirectoryLock: Sendable {
    /// Who holds, or held, a lock.
    public struct Holder: Sendable, Hashable, CustomStringConvertible {
        public let host: String
        public let process: Int
        /// Seconds since 1970 at which the lock was taken.
        public let since: Int
        public let command: String

        public var description: String { "process \(process) on \(host) since \(since) (\(command))" }

        var line: String { "\(host)\t\(process)\t\(since)\t\(command)\n" }

        init(host: String, process: Int, since: Int, command: String) {
            self.host = host
            self.process = process
            self.since = since
            self.command = command
        }

        init?(line: String) {
            let fields = line.prefix { $0 != "\n" }.split(
                separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count == 4, let process = Int(fields[1]), let since = Int(fields[2]) else {
                return nil
            }
            self.init(host: String(fields[0]), process: process, since: since, command: String(fields[3]))
        }
    }

    public let path: FilePath
    /// The holder that ended without releasing the lock, if one did.
    public let abandonedBy: Holder?
    private let file: FileHandle

    private static let looks = 10

    /// Takes the lock on the file `path` for this process, or throws ``FileAccessError/Code/locked`` naming the holder.
    public init(_ path: FilePath, command: String) throws {
        self.path = path
        file = try FileHandle(creating: path, permissions: [.ownerReadWrite], flags: 0)
        var held = flock(file.descriptor, LOCK_EX | LOCK_NB) != 0
        var number = errno
        // Whoever only looks for a holder has the file for a moment too.
        for _ in 0..<Self.looks where held && number == EWOULDBLOCK {
            usleep(10_000)
            held = flock(file.descriptor, LOCK_EX | LOCK_NB) != 0
            number = errno
        }
        let previous = try Self.holder(in: file)
        if held {
            guard number == EWOULDBLOCK else { throw FileAccessError("lock", path: path, errno: number) }
            let name = previous?.description ?? "another process"
            throw FileAccessError(
                .locked, "in use by \(name); wait until it ends, or end it, then try again", path: path,
                errno: number)
        }
        abandonedBy = previous
        let holder = Holder(
            host: Self.hostName(), process: Int(getpid()), since: time(nil),
            command: String(command.map { $0 == "\n" || $0 == "\t" ? " " : $0 }))
        try file.truncate(to: 0)
        do {
            try Array(holder.line.utf8).withUnsafeBytes { try file.write($0) }
        } catch let error as FileAccessError where error.code == .noSpace {
            // The lock holds without its holder's name, and a full disk is what the holder may want to make
            // room on.
            try file.truncate(to: 0)
        }
    }

    /// Empties the file and lets go; a failure to empty it only makes the holder look abandoned.
    deinit {
        ftruncate(file.descriptor, 0)
        flock(file.descriptor, LOCK_UN)
    }

    /// Who holds the lock on the file `path` now, or nil where it is free.
    public static func currentHolder(of path: FilePath) throws -> Holder? {
        guard try FileSystem.kind(of: path) == .file else { return nil }
        let file = try FileHandle(reading: path)
        guard flock(file.descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return try holder(in: file)
    }

    private static func holder(in file: FileHandle) throws -> Holder? {
        let count = min(try file.byteCount(), 4096)
        guard count > 0 else { return nil }
        let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
            filled = count
        }
        return Holder(line: String(decoding: bytes, as: UTF8.self))
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
