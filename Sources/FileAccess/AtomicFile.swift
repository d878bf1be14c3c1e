internal import Glibc
public import SystemPackage

/// A file that appears under its name only when complete.
///
/// Bytes go to `.<name>.partial` in the same directory; ``commit()`` synchronises them, renames the file and
/// synchronises the directory. An object that goes away without a commit removes its partial file, and one that a
/// killed process left is overwritten by the next writer of the same name.
///
/// After any failure the file is given up: a synchronisation that failed once is never tried again, because the
/// system may have dropped the bytes it could not write.
public final class AtomicFile {
    public let path: FilePath
    /// How many bytes have been written.
    public private(set) var byteCount = 0
    private var file: FileHandle?
    private let partial: FilePath

    /// Starts the file that is to appear at `path`, in a directory that exists.
    public init(_ path: FilePath, permissions: FilePermissions = [.ownerReadWrite]) throws {
        guard let name = path.lastComponent else {
            throw FileAccessError(.wrongKind, "the path names no file", path: path)
        }
        self.path = path
        partial = path.removingLastComponent().appending(Self.partialName(of: name.string))
        file = try Self.openLocked(partial, permissions: permissions)
    }

    deinit { abort() }

    /// The name under which the bytes of the file `name` are collected.
    public static func partialName(of name: String) -> String { ".\(name).partial" }

    /// Whether `name` is that of a partial file.
    public static func isPartialName(_ name: String) -> Bool {
        name.hasPrefix(".") && name.hasSuffix(".partial")
    }

    public func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    public func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let file else {
            throw FileAccessError(.inputOutput, "the file was already committed or given up", path: path)
        }
        do {
            try file.write(bytes)
            byteCount += bytes.count
        } catch {
            abort()
            throw error
        }
    }

    /// Makes the bytes durable, then visible under the name.
    public func commit() throws {
        guard let file else {
            throw FileAccessError(.inputOutput, "the file was already committed or given up", path: path)
        }
        do {
            try file.synchronize()
            try FileSystem.rename(partial, to: path)
        } catch {
            abort()
            throw error
        }
        self.file = nil
        try FileSystem.synchronizeDirectory(path.removingLastComponent())
    }

    /// Gives the file up and removes what was written.
    public func abort() {
        guard file != nil else { return }
        if FileFaults.check(.remove, partial) == 0 {
            _ = partial.withPlatformString { unlink($0) }
        }
        file = nil
    }

    /// Writes `bytes` as the whole of `path`.
    public static func replace(
        _ path: FilePath, with bytes: [UInt8], permissions: FilePermissions = [.ownerReadWrite]
    ) throws {
        let file = try AtomicFile(path, permissions: permissions)
        try file.write(bytes)
        try file.commit()
    }

    /// Opens the partial file and locks it, so that two processes never write the same one.
    private static func openLocked(_ path: FilePath, permissions: FilePermissions) throws -> FileHandle {
        while true {
            let file = try FileHandle(creating: path, permissions: permissions, flags: 0)
            guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw FileAccessError(
                    .locked, "another process is writing this file", path: path, errno: errno)
            }
            // The holder of the lock may have renamed or removed the file since it was opened.
            var now = stat()
            let opened = try file.status()
            let found = path.withPlatformString { lstat($0, &now) }
            if found == 0, now.st_ino == opened.st_ino, now.st_dev == opened.st_dev {
                // Left by a killed process.
                if opened.st_size > 0 { try file.truncate(to: 0) }
                return file
            }
        }
    }
}
