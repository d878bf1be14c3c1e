internal import Glibc
public import SystemPackage

/// A file read at any place by system calls, so that one that shrinks gives an error and never a crash.
public final class RandomAccessFile: Sendable {
    public let path: FilePath
    /// The length in bytes when the file was opened.
    public let count: Int
    private let file: FileHandle

    /// Opens the regular file at `path`.
    public init(_ path: FilePath) throws {
        file = try FileHandle(reading: path)
        self.path = path
        count = try file.byteCount()
    }

    /// The bytes of `range`; throws where the range leaves the file.
    public func bytes(_ range: Range<Int>) throws -> [UInt8] { try file.bytes(range) }
}
