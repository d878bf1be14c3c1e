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
    public func bytes(_ range: Range<Int>) throws -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw FileAccessError(
                .size,
                "bytes \(range.lowerBound)..<\(range.upperBound) lie outside the file of \(count) bytes",
                path: path)
        }
        return try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
            filled = range.count
        }
    }
}
