/// A compression that is recognised by its first bytes.
enum Compression: CaseIterable {
    case gzip, zstandard, xz, bzip2

    /// The compression whose magic bytes stand at the start.
    init?(magic bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        func starts(_ magic: [UInt8]) -> Bool { bytes.starts(with: magic) }
        if starts([0x1F, 0x8B, 0x08]) {
            self = .gzip
        } else if starts([0x28, 0xB5, 0x2F, 0xFD]) {
            self = .zstandard
        } else if bytes.count >= 4, bytes[0] & 0xF0 == 0x50, bytes[1...3] == [0x2A, 0x4D, 0x18] {
            self = .zstandard  // a skippable frame first
        } else if starts([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
            self = .xz
        } else if starts(Array("BZh".utf8)), bytes.count >= 10, (0x31...0x39).contains(bytes[3]),
            Array(bytes[4..<10]) == [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
                || Array(bytes[4..<10]) == [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]
        {
            self = .bzip2
        } else {
            return nil
        }
    }

    /// The bytes of `source`, which starts with the magic bytes, decompressed under the limits.
    func decompress(_ source: any ByteSource, limits: DocumentLimits, budget: ContainerBudget) throws
        -> any ByteSource
    {
        let codec: any StreamCodec =
            switch self {
            case .gzip: try GzipCodec()
            case .zstandard: try ZstandardCodec()
            case .xz: try XZCodec()
            case .bzip2: Bzip2Codec()
            }
        return DecompressingSource(source, codec: codec, limits: limits, budget: budget)
    }
}

/// One system library's streaming decoder.
protocol StreamCodec: AnyObject {
    /// What the format is called in messages.
    var name: String { get }
    /// Decodes from `input` into `output` and says how many bytes it used of each.
    ///
    /// `atEnd` is true where the stream may end: behind a complete member or frame.
    func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws -> (read: Int, written: Int, atEnd: Bool)
}
