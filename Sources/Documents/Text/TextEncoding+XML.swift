extension TextEncoding {
    /// The encoding of an XML file by its first bytes: byte order mark, then the declaration read in the family that
    /// the bytes of `<?xml` show (XML 1.0, appendix F), then UTF-8. Throws when the declaration contradicts the bytes.
    static func xml(_ head: ArraySlice<UInt8>, override: String?) throws -> TextEncoding {
        let mark = byteOrderMark(head)
        if let override {
            var encoding = TextEncoding(named: override, evidence: .override, bigEndian: isBig(mark) ?? true)
            if let mark, mark.family == encoding.family { encoding.markBytes = mark.markBytes }
            return encoding
        }
        if head.starts(with: [0x4C, 0x6F, 0xA7, 0x94]), let name = try declarationInEBCDIC(head) {
            return TextEncoding(named: name, evidence: .declared)
        }
        let family = mark?.family ?? familyOfDeclaration(Array(head.prefix(4)))
        guard let declared = declaration(head.dropFirst(mark?.markBytes ?? 0), family) else {
            if let mark { return mark }
            return family == .utf8
                ? TextEncoding("UTF-8", .utf8, .valid) : TextEncoding(name(family), family, .valid)
        }
        var encoding = TextEncoding(named: declared, evidence: .declared, bigEndian: isBig(family) ?? true)
        if let mark {
            encoding.markBytes = mark.markBytes
            // A mark names the family beyond doubt, but what it says of UTF-8 a Latin-1 file may copy.
            if encoding.family != mark.family {
                throw DocumentFailure(
                    .encoding, "declares encoding \(declared), but starts with the mark of \(mark.name)",
                    line: 1)
            }
        } else if family != .utf8, encoding.family != family {
            throw DocumentFailure(
                .encoding, "declares encoding \(declared), but its bytes are \(name(family))", line: 1)
        } else if family == .utf8, encoding.family != .utf8, encoding.family != .other {
            throw DocumentFailure(
                .encoding, "declares encoding \(declared), but its declaration is one byte per character",
                line: 1)
        }
        return encoding
    }

    private static func isBig(_ mark: TextEncoding?) -> Bool? { mark.flatMap { isBig($0.family) } }

    private static func isBig(_ family: Family) -> Bool? {
        switch family {
        case .utf16(let big), .utf32(let big): big
        case .utf8, .other: nil
        }
    }

    private static func name(_ family: Family) -> String {
        switch family {
        case .utf8, .other: "UTF-8"
        case .utf16(let big): big ? "UTF-16BE" : "UTF-16LE"
        case .utf32(let big): big ? "UTF-32BE" : "UTF-32LE"
        }
    }

    /// Which bytes a `<` and what follows are made of.
    private static func familyOfDeclaration(_ bytes: [UInt8]) -> Family {
        switch bytes {
        case [0, 0, 0, 0x3C]: return .utf32(bigEndian: true)
        case [0x3C, 0, 0, 0]: return .utf32(bigEndian: false)
        default: break
        }
        guard bytes.count == 4 else { return .utf8 }
        if bytes[0] == 0, bytes[1] == 0x3C, bytes[2] == 0 { return .utf16(bigEndian: true) }
        if bytes[0] == 0x3C, bytes[1] == 0, bytes[3] == 0 { return .utf16(bigEndian: false) }
        // A name in another script may follow the first `<`.
        if bytes[0] == 0, bytes[1] == 0x3C { return .utf16(bigEndian: true) }
        if bytes[0] == 0x3C, bytes[1] == 0 { return .utf16(bigEndian: false) }
        return .utf8
    }

    /// The encoding that a declaration in EBCDIC names; its letters are the same in all of them.
    private static func declarationInEBCDIC(_ head: ArraySlice<UInt8>) throws -> String? {
        let decoder = try CharacterDecoder(
            TextEncoding("IBM037", .other, .guessed), policy: .replace, offset: 0)
        var plain: [UInt8] = []
        try decoder.decode(Array(head), last: false) { piece, _ in plain.append(contentsOf: piece) }
        return declaration(plain[...], .utf8)
    }

    /// The value of `encoding` in an XML declaration at the start.
    private static func declaration(_ head: ArraySlice<UInt8>, _ family: Family) -> String? {
        let unit: Int =
            switch family {
            case .utf8, .other: 1
            case .utf16: 2
            case .utf32: 4
            }
        let offset = isBig(family) == true ? unit - 1 : 0
        var plain: [UInt8] = []
        var at = head.startIndex + offset
        while at < head.endIndex, plain.count < 256 {
            plain.append(head[at])
            if head[at] == 0x3E { break }
            at += unit
        }
        guard plain.starts(with: Array("<?xml".utf8)), plain.last == 0x3E else { return nil }
        let text = String(decoding: plain, as: UTF8.self)
        guard let key = text.firstRange(of: "encoding") else { return nil }
        let rest = text[key.upperBound...].drop { $0.isWhitespace || $0 == "=" }
        guard let quote = rest.first, quote == "\"" || quote == "'",
            let end = rest.dropFirst().firstIndex(of: quote)
        else { return nil }
        return String(rest[rest.index(after: rest.startIndex)..<end])
    }
}
