/// Reading and writing UTF-8 byte by byte, without strings.
extension Span where Element == UInt8 {
    /// The scalar that starts at `index` and its length in bytes; the bytes are known to be well-formed.
    @inline(__always)
    func scalar(at index: Int) -> (value: UInt32, length: Int) {
        let lead = self[index]
        if lead < 0x80 { return (UInt32(lead), 1) }
        if lead < 0xE0 { return (UInt32(lead & 0x1F) << 6 | UInt32(self[index + 1] & 0x3F), 2) }
        if lead < 0xF0 {
            let middle = UInt32(self[index + 1] & 0x3F) << 6
            return (UInt32(lead & 0x0F) << 12 | middle | UInt32(self[index + 2] & 0x3F), 3)
        }
        let high = UInt32(lead & 0x07) << 18 | UInt32(self[index + 1] & 0x3F) << 12
        return (high | UInt32(self[index + 2] & 0x3F) << 6 | UInt32(self[index + 3] & 0x3F), 4)
    }

    /// The start of the scalar that ends right before `index`.
    @inline(__always)
    func scalarStart(before index: Int) -> Int {
        var start = index - 1
        while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    /// Whether the bytes of `needle` stand at `index`, before `end`.
    @inline(__always)
    func matches(_ needle: [UInt8], at index: Int, end: Int) -> Bool {
        guard end - index >= needle.count else { return false }
        for offset in 0..<needle.count where self[index + offset] != needle[offset] { return false }
        return true
    }

    /// The bytes of a range as an array.
    func array(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        for index in range { bytes.append(self[index]) }
        return bytes
    }

    /// What stands at `index`: a well-formed sequence, a malformed one, or the beginning of one cut off by `end`.
    ///
    /// A malformed sequence is the longest prefix of a well-formed one (Unicode, "maximal subpart"), or one byte.
    func sequence(at index: Int, end: Int) -> UTF8Sequence {
        let lead = self[index]
        if lead < 0x80 { return .wellFormed(1) }
        var needed = 1
        var lower: UInt8 = 0x80
        var upper: UInt8 = 0xBF
        switch lead {
        case 0xC2...0xDF: needed = 1
        case 0xE0:
            needed = 2
            lower = 0xA0
        case 0xED:
            needed = 2
            upper = 0x9F
        case 0xE1...0xEF: needed = 2
        case 0xF0:
            needed = 3
            lower = 0x90
        case 0xF4:
            needed = 3
            upper = 0x8F
        case 0xF1...0xF3: needed = 3
        default: return .malformed(1)
        }
        for offset in 1...needed {
            if index + offset >= end { return .cutOff(offset) }
            let byte = self[index + offset]
            if byte < lower || byte > upper { return .malformed(offset) }
            lower = 0x80
            upper = 0xBF
        }
        return .wellFormed(needed + 1)
    }

    /// The offset of the first byte that is not part of well-formed UTF-8, or nil.
    func firstMalformedByte() -> Int? {
        var index = 0
        while index < count {
            if self[index] < 0x80 {
                index += 1
                continue
            }
            guard case .wellFormed(let length) = sequence(at: index, end: count) else { return index }
            index += length
        }
        return nil
    }
}

/// One step through bytes that may not be well-formed UTF-8; the payload is a length in bytes.
enum UTF8Sequence {
    case wellFormed(Int)
    case malformed(Int)
    case cutOff(Int)
}

/// The UTF-8 form of U+FFFD, which stands for malformed bytes.
let replacementCharacter: [UInt8] = [0xEF, 0xBF, 0xBD]

extension [UInt8] {
    /// Appends the UTF-8 form of a scalar value.
    mutating func append(scalar: UInt32) {
        if scalar < 0x80 {
            append(UInt8(scalar))
        } else if scalar < 0x800 {
            append(0xC0 | UInt8(scalar >> 6))
            append(0x80 | UInt8(scalar & 0x3F))
        } else if scalar < 0x10000 {
            append(0xE0 | UInt8(scalar >> 12))
            append(0x80 | UInt8(scalar >> 6 & 0x3F))
            append(0x80 | UInt8(scalar & 0x3F))
        } else {
            append(0xF0 | UInt8(scalar >> 18 & 0x07))
            append(0x80 | UInt8(scalar >> 12 & 0x3F))
            append(0x80 | UInt8(scalar >> 6 & 0x3F))
            append(0x80 | UInt8(scalar & 0x3F))
        }
    }

    /// The only scalar of these well-formed bytes, or nil if they are none or several.
    var onlyScalar: UInt32? {
        guard !isEmpty else { return nil }
        let (value, length) = span.scalar(at: 0)
        return length == count ? value : nil
    }
}
