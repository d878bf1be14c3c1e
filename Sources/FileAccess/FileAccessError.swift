public import SystemPackage

/// What went wrong with a file or directory: the operation, the path, and the system's reason.
public struct FileAccessError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, for callers that act on it.
    public enum Code: String, Sendable, Hashable {
        /// The path does not exist.
        case missing
        /// The path exists but may not be used in this way.
        case notPermitted
        /// The path is a directory, device, link … where a regular file is needed, or the reverse.
        case wrongKind
        /// The file is larger or smaller than a limit allows.
        case size
        /// No space is left on the device, or a quota is reached.
        case noSpace
        /// Another process holds the lock.
        case locked
        /// The bytes are not what the caller promised, such as text that is not UTF-8.
        case malformed
        /// Any other system error.
        case inputOutput
    }

    public let code: Code
    /// What was found, what was expected, and what to do.
    public let message: String
    public let path: FilePath
    /// The system's error number, where a system call failed.
    public let errno: CInt?

    public init(_ code: Code, _ message: String, path: FilePath, errno: CInt? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.errno = errno
    }

    /// The error of the system call that just failed on `path`.
    init(_ operation: String, path: FilePath, errno number: CInt) {
        let code: Code =
            switch Errno(rawValue: number) {
            case .noSuchFileOrDirectory: .missing
            case .permissionDenied, .notPermitted, .readOnlyFileSystem: .notPermitted
            case .isDirectory, .notDirectory, .tooManySymbolicLinkLevels: .wrongKind
            case .noSpace, .diskQuotaExceeded: .noSpace
            case .fileTooLarge: .size
            default: .inputOutput
            }
        self.init(
            code, "cannot \(operation): \(Errno(rawValue: number).description)", path: path, errno: number)
    }

    public var description: String { "\(path): \(message)" }
}
