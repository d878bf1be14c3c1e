internal import Glibc
internal import SystemPackage

/// An open file descriptor that is closed with the object; every change goes through ``FileFaults``.
final class FileHandle: Sendable {
    /// `O_NOATIME`, which the C library declares for GNU sources only.
    private static let keepAccessTime: CInt = 0o1000000

    let descriptor: CInt
    let path: FilePath

    init(descriptor: CInt, path: FilePath) {
        self.descriptor = descriptor
        self.path = path
    }

    convenience init(reading path: FilePath) throws {
        // Not to wait for a writer where the path names a pipe, nor to count as a use of the file where that is allowed.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
        var descriptor = retrying { path.withPlatformString { open($0, flags | Self.keepAccessTime) } }
        if descriptor < 0, errno == EPERM {
            descriptor = retrying { path.withPlatformString { open($0, flags) } }
        }
        guard descriptor >= 0 else { throw FileAccessError("open", path: path, errno: errno) }
        self.init(descriptor: descriptor, path: path)
        guard try status().st_mode & S_IFMT == S_IFREG else {
            throw FileAccessError(.wrongKind, "not a regular file", path: path)
        }
    }

    convenience init(creating path: FilePath, permissions: FilePermissions, flags: CInt) throws {
        try check(.create, "create", path)
        let descriptor = retrying {
            path.withPlatformString {
                open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, permissions.rawValue)
            }
        }
        guard descriptor >= 0 else { throw FileAccessError("create", path: path, errno: errno) }
        self.init(descriptor: descriptor, path: path)
    }

    deinit { close(descriptor) }

    func status() throws -> stat {
        var result = stat()
        guard fstat(descriptor, &result) == 0 else {
            throw FileAccessError("examine", path: path, errno: errno)
        }
        return result
    }

    /// The length of the file in bytes.
    func byteCount() throws -> Int { Int(try status().st_size) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try check(.write, "write", path)
        var rest = bytes
        while !rest.isEmpty {
            let count = retrying { Glibc.write(descriptor, rest.baseAddress, rest.count) }
            guard count > 0 else {
                throw FileAccessError("write", path: path, errno: count == 0 ? EIO : errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Fills `buffer` from `offset` on, or throws where the file ends before.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < buffer.count {
            let (position, overflow) = offset.addingReportingOverflow(done)
            guard offset >= 0, !overflow else {
                throw FileAccessError(.size, "cannot read at offset \(offset)", path: path)
            }
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = retrying { pread(descriptor, rest.baseAddress, rest.count, position) }
            guard count >= 0 else { throw FileAccessError("read", path: path, errno: errno) }
            guard count > 0 else {
                throw FileAccessError(
                    .size, "the file ends at byte \(position); \(rest.count) more bytes were expected",
                    path: path)
            }
            done += count
        }
    }

    func synchronize() throws {
        try check(.synchronize, "synchronize", path)
        guard retrying({ fsync(descriptor) }) == 0 else {
            throw FileAccessError("synchronize", path: path, errno: errno)
        }
    }

    func truncate(to size: Int) throws {
        try check(.write, "truncate", path)
        guard retrying({ ftruncate(descriptor, size) }) == 0 else {
            throw FileAccessError("truncate", path: path, errno: errno)
        }
    }

    func seek(to offset: Int) throws {
        guard lseek(descriptor, offset, SEEK_SET) >= 0 else {
            throw FileAccessError("seek in", path: path, errno: errno)
        }
    }

    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        let count = try byteCount()
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw FileAccessError(
                .size,
                "bytes \(range.lowerBound)..<\(range.upperBound) lie outside the file of \(count) bytes",
                path: path)
        }
        return try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            try read(
                into: UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[..<range.count]), at: range.lowerBound)
            filled = range.count
        }
    }
}

/// Repeats `call` while a signal interrupts it.
func retrying<Result: BinaryInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

func check(_ operation: FileOperation, _ verb: String, _ path: FilePath) throws {
    let number = FileFaults.check(operation, path)
    guard number == 0 else { throw FileAccessError(verb, path: path, errno: number) }
}
