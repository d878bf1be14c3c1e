internal import Glibc
internal import Synchronization
public import SystemPackage

/// A seam that makes chosen file operations fail, for tests of what happens then.
///
/// Bound to a task with ``current``, it sees every ``FileOperation`` the task performs in this module. Nothing is
/// bound outside tests, and the check costs one task-local read per system call.
public final class FileFaults: Sendable {
    /// What becomes of an operation.
    public enum Outcome: Sendable, Hashable {
        /// It is carried out.
        case proceed
        /// It is not carried out and reports this error number.
        case fail(CInt)
        /// The process is killed before it is carried out, as by `kill -9`.
        case kill
    }

    /// The seam of the running task.
    @TaskLocal public static var current: FileFaults?

    private let decide: @Sendable (_ index: Int, FileOperation, FilePath) -> Outcome
    private let counter = Mutex(0)

    /// A seam that asks `decide` before each operation; `index` counts the operations from zero.
    public init(_ decide: @escaping @Sendable (_ index: Int, FileOperation, FilePath) -> Outcome) {
        self.decide = decide
    }

    /// How many operations have been seen.
    public var operationCount: Int { counter.withLock { $0 } }

    /// The error number with which `operation` is to fail, or zero where it may proceed.
    static func check(_ operation: FileOperation, _ path: FilePath) -> CInt {
        guard let faults = current ?? fromEnvironment else { return 0 }
        let index = faults.counter.withLock { value in
            value += 1
            return value - 1
        }
        switch faults.decide(index, operation, path) {
        case .proceed: return 0
        case .fail(let number): return number
        case .kill:
            kill(getpid(), SIGKILL)
            return EIO
        }
    }

    #if DEBUG
        /// `PHAROS_FAULT=kill:17` kills the process at its 18th operation; `PHAROS_FAULT=fail:17:28` fails that
        /// operation with error 28. Debug builds only.
        private static let fromEnvironment: FileFaults? = {
            guard let text = getenv("PHAROS_FAULT").map({ String(cString: $0) }) else { return nil }
            let parts = text.split(separator: ":")
            guard parts.count >= 2, let place = Int(parts[1]) else { return nil }
            switch parts[0] {
            case "kill": return FileFaults { index, _, _ in index == place ? .kill : .proceed }
            case "fail":
                let number = parts.count > 2 ? CInt(parts[2]) ?? EIO : EIO
                return FileFaults { index, _, _ in index == place ? .fail(number) : .proceed }
            default: return nil
            }
        }()
    #else
        private static let fromEnvironment: FileFaults? = nil
    #endif
}
