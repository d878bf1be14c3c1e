extension TextEncoding {
    /// The encoding of a text file by all its bytes: override, byte order mark, UTF-8 when they are valid, and a
    /// guess, marked as one, as the last resort.
    static func text(_ bytes: [UInt8], override: String?) -> TextEncoding {
        let mark = byteOrderMark(bytes[...])
        if let override {
            let big: Bool? =
                switch mark?.family {
                case .utf16(let big), .utf32(let big): big
                default: nil
                }
            var encoding = TextEncoding(named: override, evidence: .override, bigEndian: big ?? true)
            if let mark, mark.family == encoding.family { encoding.markBytes = mark.markBytes }
            return encoding
        }
        if let mark { return mark }
        if let wide = wide(bytes.prefix(4096)) { return wide }
        let census = UTF8Census(bytes)
        if census.wrong == 0 {
            // Seven bits, and escapes to a set of Japanese characters.
            if census.sequences == 0, [0x40, 0x42].contains(where: { bytes.contains([0x1B, 0x24, $0]) }) {
                return TextEncoding(named: "ISO-2022-JP", evidence: .guessed)
            }
            return TextEncoding("UTF-8", .utf8, .valid)
        }
        // A few bad bytes in much good UTF-8 are damage, not another encoding.
        if census.sequences >= 10 * census.wrong { return TextEncoding("UTF-8", .utf8, .guessed) }
        return TextEncoding(named: EncodingGuess(bytes).best, evidence: .guessed)
    }

    /// UTF-16 or UTF-32 without a mark, by where the zero bytes of spaces, line ends and ASCII letters are.
    private static func wide(_ head: ArraySlice<UInt8>) -> TextEncoding? {
        guard head.count >= 4 else { return nil }
        var zeros = [0, 0, 0, 0]
        for (place, byte) in head.enumerated() where byte == 0 { zeros[place % 4] += 1 }
        let quarter = head.count / 4
        if zeros[0] > quarter * 9 / 10, zeros[1] > quarter * 9 / 10, zeros[3] < quarter / 2 {
            return TextEncoding("UTF-32BE", .utf32(bigEndian: true), .guessed)
        }
        if zeros[2] > quarter * 9 / 10, zeros[3] > quarter * 9 / 10, zeros[0] < quarter / 2 {
            return TextEncoding("UTF-32LE", .utf32(bigEndian: false), .guessed)
        }
        let even = zeros[0] + zeros[2]
        let odd = zeros[1] + zeros[3]
        guard even + odd > 0 else { return nil }
        var spaces = (big: 0, little: 0)
        var at = head.startIndex
        while at + 1 < head.endIndex {
            let pair = (head[at], head[at + 1])
            if pair == (0, 0x20) || pair == (0, 0x0A) { spaces.big += 1 }
            if pair == (0x20, 0) || pair == (0x0A, 0) { spaces.little += 1 }
            at += 2
        }
        if even > 4 * odd, spaces.big > 0 || even > quarter {
            return TextEncoding("UTF-16BE", .utf16(bigEndian: true), .guessed)
        }
        if odd > 4 * even, spaces.little > 0 || odd > quarter {
            return TextEncoding("UTF-16LE", .utf16(bigEndian: false), .guessed)
        }
        return nil
    }
}

/// How much of some bytes is UTF-8.
struct UTF8Census {
    /// Characters of several bytes.
    private(set) var sequences = 0
    /// Places where the bytes are not UTF-8.
    private(set) var wrong = 0

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { buffer in
            var at = 0
            while at < buffer.count {
                if buffer[at] < 0x80 {
                    at += 1
                    continue
                }
                let width = utf8Width(buffer, at)
                if width > 0 {
                    sequences += 1
                    at += width
                } else {
                    wrong += 1
                    at += max(-width, 1)
                }
            }
        }
    }
}
