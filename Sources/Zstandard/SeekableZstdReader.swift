/// Reads single frames of a file in the *Zstandard Seekable Format*.
///
/// Frames are independent, so calls from several threads may decode several at once.
public struct SeekableZstdReader: Sendable {
    public let table: SeekTable
    private let read: @Sendable (_ frame: Int, _ bytes: Range<Int>) throws -> [UInt8]

    /// A reader of the file of `byteCount` bytes from which `read` gives any range.
    public init(byteCount: Int, read: @escaping @Sendable (Range<Int>) throws -> [UInt8]) throws {
        guard byteCount >= SeekTable.footerByteCount else {
            throw ZstandardError(.truncated, "a file of \(byteCount) bytes has no seek table")
        }
        let footer = try read(byteCount - SeekTable.footerByteCount..<byteCount)
        let size = try SeekTable.byteCount(footer: footer, fileByteCount: byteCount)
        table = try SeekTable(table: read(byteCount - size..<byteCount), framesByteCount: byteCount - size)
        self.read = { _, bytes in try read(bytes) }
    }

    /// A reader of frames that lie elsewhere than the table says, such as encrypted one by one.
    ///
    /// - Parameters:
    ///   - table: the bytes of the seek table's frame.
    ///   - framesByteCount: the bytes of all frames together.
    ///   - read: gives the compressed bytes of a frame by its number and its place according to the table.
    public init(
        table: [UInt8], framesByteCount: Int,
        read: @escaping @Sendable (_ frame: Int, _ bytes: Range<Int>) throws -> [UInt8]
    ) throws {
        self.table = try SeekTable(table: table, framesByteCount: framesByteCount)
        self.read = read
    }

    /// The compressed bytes of frame `index`, checked against the table but not decompressed.
    public func frame(_ index: Int) throws -> [UInt8] {
        guard table.frames.indices.contains(index) else {
            throw ZstandardError(.seekTable, "there is no frame \(index) among \(table.frames.count)")
        }
        let bytes = try read(index, table.frames[index].bytes)
        try SeekTable.check(bytes, against: table.frames[index])
        return bytes
    }

    /// The content of frame `index`, its checksum verified.
    ///
    /// - Parameter limit: the most bytes the content may have.
    public func content(_ index: Int, limit: Int) throws -> [UInt8] {
        try ZstdDecoder().content(of: frame(index), limit: limit)
    }
}
