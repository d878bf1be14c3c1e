internal import Glibc
public import SystemPackage

extension FileSystem {
    /// Writes `bytes` as the file `path` unless something is there already.
    ///
    /// Of several processes, on several machines, exactly one succeeds, and no reader sees a part of the file.
    ///
    /// - Parameter mark: told apart from the marks of others who may try at the same time.
    /// - Returns: whether the file is this call's.
    public static func createExclusively(_ path: FilePath, with bytes: [UInt8], mark: String) throws -> Bool {
        let directory = path.removingLastComponent()
        let own = directory.appending(
            AtomicFile.partialName(of: "\(path.lastComponent?.string ?? "").\(mark)"))
        let file = try FileHandle(creating: own, permissions: [.ownerReadWrite], flags: O_TRUNC)
        try bytes.withUnsafeBytes { try file.write($0) }
        try file.synchronize()
        try check(.create, "create", path)
        let result = own.withPlatformString { from in path.withPlatformString { Glibc.link(from, $0) } }
        let number = errno
        try remove(own)
        if result != 0 {
            guard number == EEXIST else { throw FileAccessError("create", path: path, errno: number) }
            return false
        }
        try synchronizeDirectory(directory.isEmpty ? "." : directory)
        return true
    }

    /// Makes `target` another name of the file `source`, or a copy of it where the file system has no such names.
    public static func link(_ source: FilePath, at target: FilePath) throws {
        let directory = target.removingLastComponent()
        let partial = directory.appending(
            AtomicFile.partialName(of: target.lastComponent?.string ?? ""))
        try remove(partial)
        try check(.create, "link", target)
        let result = source.withPlatformString { from in
            partial.withPlatformString { Glibc.link(from, $0) }
        }
        if result == 0 {
            try rename(partial, to: target)
            try synchronizeDirectory(directory.isEmpty ? "." : directory)
            return
        }
        let number = errno
        guard [EXDEV, EPERM, EMLINK, ENOSYS, EOPNOTSUPP, EACCES].contains(number) else {
            throw FileAccessError("link", path: source, errno: number)
        }
        let original = try RandomAccessFile(source)
        let copy = try AtomicFile(target)
        var offset = 0
        while offset < original.count {
            let end = min(offset + (1 << 20), original.count)
            try copy.write(original.bytes(offset..<end))
            offset = end
        }
        try copy.commit()
    }

    /// Removes `path` with everything in it, links not followed; nothing there is no error.
    public static func removeTree(_ path: FilePath) throws {
        guard try kind(of: path) == .directory else { return try remove(path) }
        for name in try list(path) { try removeTree(path.appending(name)) }
        try removeEmptyDirectory(path)
    }
}
