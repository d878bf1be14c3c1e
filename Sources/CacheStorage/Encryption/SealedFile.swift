import FileAccess
import Zstandard

/// An encrypted context cache: a magic number, every frame sealed by itself, the sealed seek table, and its length.
enum SealedFile {
    static let magic = Array("PHAROSE1".utf8)
    private static let lengthByteCount = 8

    /// The name under which frame `index` of the cache `digest` is sealed.
    private static func frameName(_ index: Int, of digest: String) -> String {
        "frame \(index) of cache \(digest)"
    }

    private static func tableName(_ digest: String) -> String { "seek table of cache \(digest)" }

    /// A sink that seals the pieces of a seekable file, frame after frame, the table last.
    ///
    /// - Parameter frameCount: how many pieces come before the table.
    static func sink(
        _ key: StoreKey, digest: String, frameCount: Int, _ sink: @escaping ([UInt8]) throws -> Void
    ) -> ([UInt8]) throws -> Void {
        var index = 0
        return { piece in
            if index == 0 { try sink(magic) }
            if index < frameCount {
                try sink(try key.seal(piece, as: frameName(index, of: digest)))
            } else {
                let table = try key.seal(piece, as: tableName(digest))
                try sink(
                    table + (0..<lengthByteCount).map { UInt8(truncatingIfNeeded: table.count >> ($0 * 8)) })
            }
            index += 1
        }
    }

    /// A reader of the sealed file's frames.
    static func reader(_ file: RandomAccessFile, key: StoreKey, digest: String) throws -> SeekableZstdReader {
        let fixed = magic.count + lengthByteCount
        guard file.count >= fixed, try file.bytes(0..<magic.count) == magic else {
            throw CacheStorageError(.format, "the file is no encrypted cache")
        }
        let end = file.count - lengthByteCount
        let length = try file.bytes(end..<file.count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let size = Int(exactly: length), size <= end - magic.count else {
            throw CacheStorageError(.damaged, "the seek table claims \(length) bytes")
        }
        let table = try key.open(file.bytes(end - size..<end), as: tableName(digest))
        let entries = try SeekTable.byteCount(
            footer: Array(table.suffix(SeekTable.footerByteCount)), fileByteCount: table.count)
        let frameCount = (entries - 8 - SeekTable.footerByteCount) / 12
        let sealedByteCount = end - size - magic.count
        guard sealedByteCount >= frameCount * StoreKey.overhead else {
            throw CacheStorageError(.damaged, "the file is cut short")
        }
        return try SeekableZstdReader(
            table: table, framesByteCount: sealedByteCount - frameCount * StoreKey.overhead
        ) { index, bytes in
            let start = magic.count + bytes.lowerBound + index * StoreKey.overhead
            return try key.open(
                file.bytes(start..<start + bytes.count + StoreKey.overhead), as: frameName(index, of: digest))
        }
    }
}
