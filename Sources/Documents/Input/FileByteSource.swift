import SystemPackage

/// The bytes of a file, or of standard input.
///
/// Standard input that is a file is read from where it stands without moving it, so it can be read again.
final class FileByteSource: ByteSource {
    private let descriptor: FileDescriptor
    private let owned: Bool
    private var offset = 0
    /// Where standard input stands, if it can be read from any place.
    private var standing: Int64?

    /// Opens a file for reading; `-` is standard input.
    init(_ path: FilePath) throws {
        if path == "-" {
            descriptor = .standardInput
            owned = false
            // A pipe stands nowhere.
            standing = try? descriptor.seek(offset: 0, from: .current)
            return
        }
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch let errno as Errno {
            throw DocumentFailure(
                .unreadable, "cannot open the file: \(errno.description)", file: path.string)
        }
        owned = true
    }

    deinit {
        // A descriptor opened for reading has nothing left to report when it closes.
        if owned { _ = try? descriptor.close() }
    }

    func seek(_ count: Int) -> Int {
        // Standard input may be no file.
        guard owned, (try? descriptor.seek(offset: Int64(count), from: .current)) != nil else { return 0 }
        offset += count
        return count
    }

    func read() throws -> [UInt8]? {
        do {
            let chunk = try [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
                let buffer = UnsafeMutableRawBufferPointer(buffer)
                count =
                    if let standing {
                        try descriptor.read(fromAbsoluteOffset: standing + Int64(offset), into: buffer)
                    } else {
                        try descriptor.read(into: buffer)
                    }
            }
            offset += chunk.count
            return chunk.isEmpty ? nil : chunk
        } catch let errno as Errno {
            throw DocumentFailure(
                .unreadable, "cannot read the file: \(errno.description)", byteOffset: offset)
        }
    }
}
