import Foundation
public import SystemPackage

/// What the file system knows of a file without reading it: equal states mean an unchanged file.
///
/// The time of change is among it, which the system sets at every write and no program can.
public struct FileState: Sendable, Hashable {
    public let byteCount: Int
    /// Device, inode, length, modification and change, in one line.
    public let text: String
    /// Seconds since 1970 of the last write or change.
    public let lastChange: Int

    /// The state of the file that `path` leads to; nil where there is none.
    public init?(_ path: FilePath) {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
        byteCount = Int(status.st_size)
        lastChange = max(status.st_mtim.tv_sec, status.st_ctim.tv_sec)
        text = [
            Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino), byteCount,
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ].map(String.init).joined(separator: " ")
    }
}
