import Foundation
import SystemPackage

/// Where text goes: a standard stream, or a buffer in tests.
protocol TextSink: Sendable {
    /// Writes the whole text before it returns.
    func write(_ text: String) throws

    /// Writes the whole text, given as UTF-8, before it returns.
    func write(utf8: [UInt8]) throws
}

extension TextSink {
    func write(utf8: [UInt8]) throws { try write(String(decoding: utf8, as: UTF8.self)) }
}

/// One of the two standard streams of output, unbuffered.
struct StandardStream: TextSink {
    private let handle: FileHandle

    /// Standard output: results.
    static var output: StandardStream { StandardStream(handle: .standardOutput) }

    /// Standard error: progress and logs.
    static var error: StandardStream { StandardStream(handle: .standardError) }

    /// Writes the whole text before it returns.
    ///
    /// - Throws: `CommandError` where it cannot be written: the disk is full.
    func write(_ text: String) throws { try write(contentsOf: Data(text.utf8)) }

    func write(utf8: [UInt8]) throws { try write(contentsOf: utf8) }

    private func write(contentsOf data: some DataProtocol) throws {
        do {
            try handle.write(contentsOf: data)
        } catch {
            let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            let code = Int32(truncatingIfNeeded: (reason ?? error as NSError).code)
            throw CommandError(
                code == ENOSPC ? .exhausted : .failed,
                "cannot write the output: \(Errno(rawValue: code).description)")
        }
    }

    /// Whether the stream is shown on a terminal that can move its cursor.
    func isTerminal(environment: [String: String]) -> Bool {
        isatty(handle.fileDescriptor) == 1 && environment["TERM"] != "dumb"
    }
}
