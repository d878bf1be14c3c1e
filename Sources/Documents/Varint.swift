extension [UInt8] {
    /// Appends a number in groups of seven bits, lowest first.
    mutating func appendVarint(_ value: Int) {
        var rest = UInt64(Swift.max(value, 0))
        while rest > 127 {
            append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// Appends a number with the sign in the lowest bit.
    mutating func appendSignedVarint(_ value: Int) {
        appendVarint(value < 0 ? -value &* 2 - 1 : value &* 2)
    }

    /// Reads a number at most 2⁵⁶ and steps behind it; `nil` where there is none.
    func readVarint(_ offset: inout Int) -> Int? {
        var value = 0
        var shift = 0
        while offset < count, shift <= 49 {
            let byte = self[offset]
            offset += 1
            value |= Int(byte & 127) << shift
            if byte < 128 { return value }
            shift += 7
        }
        return nil
    }

    func readSignedVarint(_ offset: inout Int) -> Int? {
        guard let value = readVarint(&offset) else { return nil }
        return value & 1 == 0 ? value / 2 : -(value / 2) - 1
    }
}
