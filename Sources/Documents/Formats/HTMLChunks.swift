/// Cuts HTML where its parser can bear it, and keeps the page open to its end, as browsers do.
///
/// libxml2 loses what stands behind `</body>` or `</html>`, and all that follows a push that ends inside an
/// end tag of a script. The bytes that come out are as many as go in.
struct HTMLChunks {
    /// An end of the bytes so far that has a `<` and no `>` behind it.
    private var held: [UInt8] = []
    private static let mostHeld = 64 << 10

    /// The bytes to push for a further chunk.
    mutating func take(_ chunk: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = held
        bytes += chunk
        held = []
        if let open = bytes.lastIndex(where: { $0 == 0x3C || $0 == 0x3E }), bytes[open] == 0x3C,
            bytes.count - open <= Self.mostHeld
        {
            held = Array(bytes[open...])
            bytes.removeLast(held.count)
        }
        Self.blankEnds(&bytes)
        return bytes
    }

    /// The bytes to push before the end.
    mutating func rest() -> [UInt8] {
        defer { held = [] }
        return held
    }

    /// Makes spaces of the end tags of the page and its body.
    static func blankEnds(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBufferPointer { bytes in
            var at = 0
            while at + 6 < bytes.count {
                defer { at += 1 }
                guard bytes[at] == 0x3C, bytes[at + 1] == 0x2F else { continue }
                let name = (2..<6).reduce(0) { $0 << 8 | UInt32(bytes[at + $1] | 0x20) }
                let next = bytes[at + 6]
                // `body` and `html`.
                guard name == 0x626F_6479 || name == 0x6874_6D6C,
                    isSpace(next) || next == 0x2F || next == 0x3E
                else { continue }
                var end = at + 6
                while end < bytes.count, bytes[end] != 0x3E, bytes[end] < 0x80, end - at < 256 { end += 1 }
                guard end < bytes.count, bytes[end] == 0x3E else { continue }
                for place in at...end where !isSpace(bytes[place]) { bytes[place] = 0x20 }
                at = end
            }
        }
    }
}
