internal import Glibc
public import SystemPackage

/// A file mapped into memory for reading, unmapped with the object.
///
/// Pages are read when touched, so mapping a large file is cheap. The file must not shrink while it is mapped: the
/// system ends a process that touches a page beyond the file's end. Files that others may replace in place are read
/// with ``RandomAccessFile`` instead.
public final class MappedFile: Sendable {
    public let path: FilePath
    /// The length of the file in bytes.
    public let count: Int
    private nonisolated(unsafe) let base: UnsafeRawPointer?

    /// Maps the regular file at `path`.
    public init(_ path: FilePath) throws {
        let file = try FileHandle(reading: path)
        let count = try file.byteCount()
        self.path = path
        self.count = count
        if count == 0 {
            base = nil
        } else {
            let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
            guard let address, address != MAP_FAILED else {
                throw FileAccessError("map", path: path, errno: errno)
            }
            base = UnsafeRawPointer(address)
        }
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), count) }
    }

    /// Calls `body` with all bytes of the file; the buffer must not leave the call.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }
}
