/// The properties of Unicode scalars that splitting and matching ask for, in one flat table.
struct ScalarProperties: Sendable {
    static let letter: UInt8 = 1
    static let number: UInt8 = 2
    static let space: UInt8 = 4
    static let word: UInt8 = 8

    /// The table, made when it is first asked for.
    static let shared = ScalarProperties()

    /// One set of flags per scalar value below `limit`.
    private let flags: [UInt8]
    /// Scalars from here on have no property but the variation selectors, which belong to words.
    private static let limit: UInt32 = 0x32400

    private init() {
        var flags = [UInt8](repeating: 0, count: Int(Self.limit))
        func mark(_ ranges: String, _ flag: UInt8) {
            for range in ScalarRanges(ranges) where range.upperBound < Self.limit {
                for scalar in range { flags[Int(scalar)] |= flag }
            }
        }
        mark(ScalarClassRanges.letters, Self.letter | Self.word)
        mark(ScalarClassRanges.numbers, Self.number | Self.word)
        mark(ScalarClassRanges.otherWordCharacters, Self.word)
        mark(ScalarClassRanges.spaces, Self.space)
        for range in ScalarRanges(ScalarClassRanges.numbersOutsideWords) {
            for scalar in range { flags[Int(scalar)] &= ~Self.word }
        }
        self.flags = flags
    }

    /// The flags of a scalar.
    @inline(__always)
    subscript(scalar: UInt32) -> UInt8 {
        if scalar < Self.limit { return flags[Int(scalar)] }
        return scalar >= 0xE0100 && scalar <= 0xE01EF ? Self.word : 0
    }
}

/// Iterates over ranges written as hexadecimal text: `41-5A 61-7A AA`.
struct ScalarRanges: Sequence, IteratorProtocol {
    private var bytes: Substring.UTF8View

    init(_ text: String) { bytes = text[...].utf8 }

    mutating func next() -> ClosedRange<UInt32>? {
        guard let first = number() else { return nil }
        guard bytes.first == UInt8(ascii: "-") else {
            skipSpace()
            return first...first
        }
        bytes.removeFirst()
        let last = number() ?? first
        skipSpace()
        return first...Swift.max(first, last)
    }

    private mutating func skipSpace() {
        while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
    }

    private mutating func number() -> UInt32? {
        var value: UInt32?
        while let byte = bytes.first, let digit = hexadecimalValue(of: byte) {
            value = (value ?? 0) << 4 | UInt32(digit)
            bytes.removeFirst()
        }
        return value
    }
}

/// The value of a hexadecimal digit, or nil.
@inline(__always)
func hexadecimalValue(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}
