internal import Glibc
public import SystemPackage

/// Operations on names: create, rename, remove, list.
public enum FileSystem {
    /// What a path names, without following a link at its end.
    public enum Kind: Sendable, Hashable {
        case file, directory, link, other
    }

    /// What `path` names, or nil where nothing is there.
    public static func kind(of path: FilePath) throws -> Kind? {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileAccessError("examine", path: path, errno: errno)
        }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .link
        default: .other
        }
    }

    /// The length of the file at `path` in bytes, following links.
    public static func byteCount(of path: FilePath) throws -> Int {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            throw FileAccessError("examine", path: path, errno: errno)
        }
        return Int(status.st_size)
    }

    /// Whether nobody but its owner may read or write the file at `path`.
    public static func isPrivate(_ path: FilePath) throws -> Bool {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            throw FileAccessError("examine", path: path, errno: errno)
        }
        return status.st_mode & 0o077 == 0
    }

    /// When the file at `path` was last used and last written, in seconds since 1970.
    public static func times(of path: FilePath) throws -> (used: Int, written: Int) {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else {
            throw FileAccessError("examine", path: path, errno: errno)
        }
        return (status.st_atim.tv_sec, status.st_mtim.tv_sec)
    }

    /// Notes that the file at `path` was used at `time`, in seconds since 1970; its time of writing stays.
    public static func setUsed(_ path: FilePath, at time: Int) throws {
        let times = [timespec(tv_sec: time, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 1_073_741_822)]
        guard path.withPlatformString({ utimensat(AT_FDCWD, $0, times, 0) }) == 0 else {
            throw FileAccessError("note the use of", path: path, errno: errno)
        }
    }

    /// Creates `path` and the directories above it where they are missing.
    public static func createDirectory(
        _ path: FilePath, permissions: FilePermissions = [.ownerReadWriteExecute]
    ) throws {
        var status = stat()
        if path.withPlatformString({ stat($0, &status) }) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw FileAccessError(.wrongKind, "not a directory", path: path)
            }
            return
        }
        let parent = path.removingLastComponent()
        if !parent.isEmpty, parent != path { try createDirectory(parent, permissions: permissions) }
        try check(.create, "create", path)
        guard path.withPlatformString({ mkdir($0, permissions.rawValue) }) == 0 || errno == EEXIST else {
            throw FileAccessError("create", path: path, errno: errno)
        }
        try synchronizeDirectory(parent.isEmpty ? "." : parent)
    }

    /// Renames `path`, replacing what `target` names.
    public static func rename(_ path: FilePath, to target: FilePath) throws {
        try check(.rename, "rename", path)
        let result = path.withPlatformString { from in
            target.withPlatformString { Glibc.rename(from, $0) }
        }
        guard result == 0 else { throw FileAccessError("rename", path: path, errno: errno) }
    }

    /// Removes the file at `path`; one that is missing already is no error.
    public static func remove(_ path: FilePath) throws {
        try check(.remove, "remove", path)
        guard path.withPlatformString({ unlink($0) }) == 0 || errno == ENOENT else {
            throw FileAccessError("remove", path: path, errno: errno)
        }
    }

    /// Removes the empty directory at `path`; returns false where it is not empty.
    @discardableResult
    public static func removeEmptyDirectory(_ path: FilePath) throws -> Bool {
        try check(.remove, "remove", path)
        if path.withPlatformString({ rmdir($0) }) == 0 || errno == ENOENT { return true }
        if errno == ENOTEMPTY || errno == EEXIST { return false }
        throw FileAccessError("remove", path: path, errno: errno)
    }

    /// Makes the names in `path` durable.
    public static func synchronizeDirectory(_ path: FilePath) throws {
        let path: FilePath = path.isEmpty ? "." : path
        try check(.synchronizeDirectory, "synchronize", path)
        let descriptor = path.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw FileAccessError("synchronize", path: path, errno: errno) }
        defer { close(descriptor) }
        guard retrying({ fsync(descriptor) }) == 0 else {
            throw FileAccessError("synchronize", path: path, errno: errno)
        }
    }

    /// The names in the directory `path`, in byte order.
    public static func list(_ path: FilePath) throws -> [String] {
        guard let stream = path.withPlatformString({ opendir($0) }) else {
            throw FileAccessError("list", path: path, errno: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw FileAccessError("list", path: path, errno: errno) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// All regular files under `path`, depth first in byte order, links not followed.
    public static func files(under path: FilePath) throws -> [FilePath] {
        var result: [FilePath] = []
        for name in try list(path) {
            let child = path.appending(name)
            switch try kind(of: child) {
            case .file: result.append(child)
            case .directory: result += try files(under: child)
            case .link, .other, nil: break
            }
        }
        return result
    }

    /// The whole of the file at `path`, refused where it is longer than `limit` bytes.
    public static func read(_ path: FilePath, limit: Int = 1 << 30) throws -> [UInt8] {
        let file = try RandomAccessFile(path)
        guard file.count <= limit else {
            throw FileAccessError(
                .size, "the file has \(file.count) bytes; at most \(limit) are read here", path: path)
        }
        return try file.bytes(0..<file.count)
    }

    /// Bytes that an unprivileged process may still write to the file system that holds `path`.
    public static func freeSpace(at path: FilePath) throws -> Int {
        var status = statvfs()
        guard path.withPlatformString({ statvfs($0, &status) }) == 0 else {
            throw FileAccessError("examine", path: path, errno: errno)
        }
        let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        return overflow ? Int.max : bytes
    }
}
