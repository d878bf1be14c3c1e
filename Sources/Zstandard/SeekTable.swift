/// The table at the end of a file in the *Zstandard Seekable Format*: where each frame lies and what it holds.
///
/// Files are ordinary zstd streams; the table sits in a skippable frame that other decoders pass over. Each entry
/// repeats the frame's content checksum, so frames cannot change places unnoticed.
public struct SeekTable: Sendable, Hashable {
    /// The place of one frame.
    public struct Frame: Sendable, Hashable {
        /// The frame's bytes in the file.
        public let bytes: Range<Int>
        /// Its content's bytes in the decompressed stream.
        public let content: Range<Int>
        /// The lower 32 bits of the XXH64 of the content.
        public let checksum: UInt32
    }

    /// All frames in order.
    public private(set) var frames: [Frame] = []

    /// The bytes of the compressed frames, without the table.
    public var framesByteCount: Int { frames.last?.bytes.upperBound ?? 0 }
    /// The bytes of the decompressed stream.
    public var contentByteCount: Int { frames.last?.content.upperBound ?? 0 }

    /// The most frames a table is read with.
    public static let maximumFrameCount = 1 << 22
    /// The length of the last part of a table, which ``init(table:framesByteCount:)`` reads first.
    public static let footerByteCount = 9

    private static let skippableMagic: UInt32 = 0x184D_2A5E
    private static let footerMagic: UInt32 = 0x8F92_EAB1
    private static let descriptor: UInt8 = 0x80
    private static let entryByteCount = 12

    /// A table without frames.
    public init() {}

    /// Adds the frame `bytes` of a ``ZstdEncoder`` that holds `contentByteCount` bytes.
    public mutating func append(frame bytes: [UInt8], contentByteCount: Int) throws {
        guard bytes.count >= 4 else { throw ZstandardError(.truncated, "a frame of \(bytes.count) bytes") }
        try append(
            byteCount: bytes.count, contentByteCount: contentByteCount,
            checksum: Self.read(bytes, at: bytes.count - 4))
    }

    /// Adds a frame by its sizes and checksum.
    public mutating func append(byteCount: Int, contentByteCount: Int, checksum: UInt32) throws {
        let start = framesByteCount
        let contentStart = self.contentByteCount
        guard UInt32(exactly: byteCount) != nil, UInt32(exactly: contentByteCount) != nil else {
            throw ZstandardError(.seekTable, "a frame of \(byteCount) bytes is too large for a seek table")
        }
        guard frames.count < Self.maximumFrameCount else {
            throw ZstandardError(.seekTable, "more than \(Self.maximumFrameCount) frames")
        }
        // Below 2^22 frames of below 2^32 bytes: no overflow.
        frames.append(
            Frame(
                bytes: start..<start + byteCount, content: contentStart..<contentStart + contentByteCount,
                checksum: checksum))
    }

    /// The skippable frame that holds the table.
    public func bytes() -> [UInt8] {
        var result: [UInt8] = []
        let size = frames.count * Self.entryByteCount + Self.footerByteCount
        Self.append(Self.skippableMagic, to: &result)
        Self.append(UInt32(size), to: &result)
        for frame in frames {
            Self.append(UInt32(frame.bytes.count), to: &result)
            Self.append(UInt32(frame.content.count), to: &result)
            Self.append(frame.checksum, to: &result)
        }
        Self.append(UInt32(frames.count), to: &result)
        result.append(Self.descriptor)
        Self.append(Self.footerMagic, to: &result)
        return result
    }

    /// The length of the whole table, from the last ``footerByteCount`` bytes of a file of `fileByteCount` bytes.
    public static func byteCount(footer: [UInt8], fileByteCount: Int) throws -> Int {
        guard footer.count == footerByteCount, read(footer, at: 5) == footerMagic else {
            throw ZstandardError(
                .seekTable, "the file does not end in a seek table; it is cut short or of another kind")
        }
        guard footer[4] == descriptor else {
            throw ZstandardError(.seekTable, "the seek table has the unknown descriptor \(footer[4])")
        }
        let count = Int(read(footer, at: 0))
        guard count <= maximumFrameCount else {
            throw ZstandardError(.seekTable, "\(count) frames are too many")
        }
        let size = 8 + count * entryByteCount + footerByteCount
        guard size <= fileByteCount else {
            throw ZstandardError(.seekTable, "a seek table of \(count) frames is longer than the file")
        }
        return size
    }

    /// Reads the table `bytes`; the frames must fill exactly `framesByteCount` bytes.
    public init(table bytes: [UInt8], framesByteCount: Int) throws {
        let size = try Self.byteCount(
            footer: Array(bytes.suffix(Self.footerByteCount)), fileByteCount: bytes.count)
        guard size == bytes.count, Self.read(bytes, at: 0) == Self.skippableMagic,
            Int(Self.read(bytes, at: 4)) == size - 8
        else { throw ZstandardError(.seekTable, "the seek table contradicts its own length") }
        for offset in stride(from: 8, to: size - Self.footerByteCount, by: Self.entryByteCount) {
            try append(
                byteCount: Int(Self.read(bytes, at: offset)),
                contentByteCount: Int(Self.read(bytes, at: offset + 4)),
                checksum: Self.read(bytes, at: offset + 8))
        }
        guard self.framesByteCount == framesByteCount else {
            throw ZstandardError(
                .seekTable,
                "the frames take \(self.framesByteCount) bytes, but the file holds \(framesByteCount)")
        }
    }

    /// Checks that `bytes`, read from the place of `frame`, can be that frame, before they are decompressed.
    public static func check(_ bytes: [UInt8], against frame: Frame) throws {
        guard bytes.count == frame.bytes.count, bytes.count >= 4,
            read(bytes, at: bytes.count - 4) == frame.checksum,
            try ZstdDecoder.contentByteCount(of: bytes) == frame.content.count
        else {
            throw ZstandardError(
                .seekTable, "a frame differs from its entry in the seek table", offset: frame.bytes.lowerBound
            )
        }
    }

    private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
        }
    }

    private static func read(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(bytes[offset + $1]) }
    }
}
