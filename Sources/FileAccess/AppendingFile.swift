internal import Glibc
public import SystemPackage

/// A file that grows at its end and is read at any place, held by one writer at a time.
public final class AppendingFile {
    public let path: FilePath
    /// The length in bytes.
    public private(set) var count: Int
    private let file: FileHandle

    /// Opens the file at `path`, creating it where it is missing, and keeps others from writing it.
    public init(_ path: FilePath) throws {
        self.path = path
        file = try FileHandle(creating: path, permissions: [.ownerReadWrite], flags: 0)
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw FileAccessError(.locked, "another process is writing this file", path: path, errno: errno)
        }
        count = try file.byteCount()
    }

    /// Adds `bytes` at the end.
    public func append(_ bytes: [UInt8]) throws {
        try file.seek(to: count)
        try bytes.withUnsafeBytes { try file.write($0) }
        count += bytes.count
    }

    /// The bytes of `range`; throws where the range leaves the file.
    public func bytes(_ range: Range<Int>) throws -> [UInt8] { try file.bytes(range) }

    /// Drops everything from `count` on.
    public func truncate(to count: Int) throws {
        guard count != self.count else { return }
        try file.truncate(to: count)
        self.count = count
    }

    /// Makes everything appended so far durable.
    public func synchronize() throws { try file.synchronize() }
}
