/// Unicode scalars in valid UTF-8.
func scalarCount(_ bytes: [UInt8]) -> Int { bytes.withUnsafeBufferPointer(scalarCount) }

func scalarCount(_ bytes: ArraySlice<UInt8>) -> Int { bytes.withUnsafeBufferPointer(scalarCount) }

func scalarCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    // All but those inside a scalar, whose two highest bits are 10.
    bytes.count - count(bytes, bytes.indices) { $0 >> 7 & ~($0 >> 6) }
}

/// How many of some bytes are marked, in steps of eight: the lowest bit of a byte that `mark` gives says whether it is.
@inline(__always)
private func count(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ mark: (UInt64) -> UInt64
) -> Int {
    guard let base = UnsafeRawPointer(bytes.baseAddress) else { return 0 }
    var count = 0
    var at = range.lowerBound
    while at + 8 <= range.upperBound {
        let word = base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        let marks = mark(word) & eachByte
        count += Int(truncatingIfNeeded: (marks &* eachByte) >> 56)
        at += 8
    }
    while at < range.upperBound {
        count += Int(truncatingIfNeeded: mark(UInt64(bytes[at])) & 1)
        at += 1
    }
    return count
}

/// The number 1 in each of eight bytes.
private let eachByte: UInt64 = 0x0101_0101_0101_0101

/// Marks the bytes of a value.
@inline(__always)
private func equals(_ value: UInt64, _ word: UInt64) -> UInt64 {
    let low = eachByte &* 0x7F
    let differences = word ^ (value &* eachByte)
    return ~(((differences & low) &+ low) | differences) >> 7
}

/// Space, tab, line feed, carriage return: what XML calls white space.
@inline(__always)
func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
}

/// Lines that end in the bytes: at LF, CR LF and CR.
func lineEnds(_ bytes: ArraySlice<UInt8>) -> Int { bytes.withUnsafeBufferPointer(lineEnds) }

func lineEnds(_ bytes: UnsafeBufferPointer<UInt8>) -> Int { lineEnds(bytes, in: bytes.indices) }

/// Lines that end in a part of the bytes; that of a CR LF ends with its LF.
func lineEnds(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> Int {
    let feeds = count(bytes, range) { equals(0x0A, $0) }
    guard count(bytes, range, { equals(0x0D, $0) }) > 0 else { return feeds }
    var ends = 0
    for at in range where endsLine(bytes, at) { ends += 1 }
    return ends
}

/// The line that starts at a place, without its end, and where the next one starts.
func line(of bytes: [UInt8], at start: Int) -> (line: Range<Int>, next: Int) {
    guard let end = bytes[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
        return (start..<bytes.count, bytes.count)
    }
    let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
    return (start..<end, end + (isPair ? 2 : 1))
}

/// Whether a line ends with a byte: LF, or CR that no LF follows.
func endsLine(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    bytes[at] == 0x0A || bytes[at] == 0x0D && (at + 1 == bytes.count || bytes[at + 1] != 0x0A)
}
