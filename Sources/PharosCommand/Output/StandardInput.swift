import Foundation
import SystemPackage

/// Everything on standard input, for commands that need it whole.
enum StandardInput {
    /// - Throws: `CommandError` of code `badInput` where it cannot be read: it is closed, or a folder.
    static func readAll() throws -> Data {
        do {
            return try FileHandle.standardInput.readToEnd() ?? Data()
        } catch {
            throw CommandError(.badInput, "standard input cannot be read: \(error.localizedDescription)")
        }
    }

    /// Makes a pipe on standard input a file that has no name, so that it can be read more than once.
    ///
    /// Files are left as they are.
    static func keep() throws {
        let input = FileDescriptor.standardInput
        // Only what is no pipe stands anywhere.
        guard (try? input.seek(offset: 0, from: .current)) == nil else { return }
        let name = NSTemporaryDirectory() + "pharos-input-\(UUID().uuidString)"
        let copy = try FileDescriptor.open(
            FilePath(name), .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: .ownerReadWrite
        )
        // What was written is read through the other descriptor; this one has nothing left to report.
        defer { try? copy.close() }
        try FileManager.default.removeItem(atPath: name)
        while let chunk = try FileHandle.standardInput.read(upToCount: 1 << 20), !chunk.isEmpty {
            try copy.writeAll(chunk)
        }
        _ = try copy.seek(offset: 0, from: .start)
        _ = try copy.duplicate(as: input)
    }
}
