/// The printable characters that stand for the 256 bytes in byte-level vocabularies.
///
/// Printable bytes of Latin-1 stand for themselves; the others take the characters from U+0100 on, in order.
enum ByteLevelAlphabet {
    /// The character of every byte.
    static let scalars: [UInt32] = {
        var scalars: [UInt32] = []
        var next: UInt32 = 0x100
        for byte in UInt32(0)...255 {
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: scalars.append(byte)
            default:
                scalars.append(next)
                next += 1
            }
        }
        return scalars
    }()

    /// The UTF-8 form of the character of every byte.
    static let encoded: [[UInt8]] = scalars.map { scalar in
        var bytes: [UInt8] = []
        bytes.append(scalar: scalar)
        return bytes
    }

    /// The byte of every character up to U+0143, -1 for characters outside the alphabet.
    private static let bytes: [Int16] = {
        var bytes = [Int16](repeating: -1, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = Int16(byte) }
        return bytes
    }()

    /// The byte that a character stands for, or nil.
    static func byte(of scalar: UInt32) -> UInt8? {
        guard scalar < 0x144, bytes[Int(scalar)] >= 0 else { return nil }
        return UInt8(bytes[Int(scalar)])
    }

    /// The bytes that a token stands for, or nil if it has a character outside the alphabet.
    static func decode(_ token: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(token.count)
        var index = 0
        while index < token.count {
            let (scalar, length) = token.span.scalar(at: index)
            guard let byte = byte(of: scalar) else { return nil }
            result.append(byte)
            index += length
        }
        return result
    }

    /// The characters that stand for the bytes of a range.
    static func encode(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count * 2)
        for index in range { result.append(scalar: scalars[Int(text[index])]) }
        return result
    }
}
