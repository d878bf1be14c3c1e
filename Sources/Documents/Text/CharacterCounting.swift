/// Unicode scalars in valid UTF-8.
func scalarCount(_ bytes: some Sequence<UInt8>) -> Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
    return count
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
    var count = 0
    for at in range where endsLine(bytes, at) { count += 1 }
    return count
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
