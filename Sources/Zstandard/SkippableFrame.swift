/// A frame that decoders pass over, for bytes that belong to a file but not to its content.
public enum SkippableFrame {
    private static let magic: UInt32 = 0x184D_2A50

    /// A skippable frame that holds `content`.
    ///
    /// - Parameter kind: 0 to 15, told apart by the frame's magic number. 14 is taken by ``SeekTable``.
    public static func frame(_ content: [UInt8], kind: Int) throws -> [UInt8] {
        guard (0...15).contains(kind), let size = UInt32(exactly: content.count) else {
            throw ZstandardError(
                .library, "a skippable frame of \(content.count) bytes and kind \(kind) is impossible")
        }
        var result: [UInt8] = []
        for value in [magic + UInt32(kind), size] {
            for shift in [0, 8, 16, 24] as [UInt32] {
                result.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        return result + content
    }

    /// Kind and content size of the skippable frame that starts with `prefix`, or nil where none starts there.
    public static func header(_ prefix: some Collection<UInt8>) -> (kind: Int, contentByteCount: Int)? {
        let bytes = Array(prefix.prefix(8))
        guard bytes.count == 8, bytes[0] & 0xF0 == 0x50, bytes[1] == 0x2A, bytes[2] == 0x4D, bytes[3] == 0x18
        else { return nil }
        let size = bytes[4...7].reversed().reduce(0) { $0 << 8 | Int($1) }
        return (Int(bytes[0] & 0x0F), size)
    }
}
