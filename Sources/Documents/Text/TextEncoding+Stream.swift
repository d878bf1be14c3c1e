extension TextEncoding {
    /// The encoding of a file of lines by its first bytes: override, byte order mark, UTF-8, or a guess.
    static func stream(_ head: [UInt8], override: String?) -> TextEncoding {
        // The head may end inside a character.
        var whole = head
        while let last = whole.last, last >= 0x80, head.count - whole.count < 4 { whole.removeLast() }
        let encoding = text(whole, override: override)
        return encoding.family == .utf8 && encoding.evidence == .guessed
            ? TextEncoding("UTF-8", .utf8, .valid) : encoding
    }

    /// The encoding of HTML by its first bytes: override, byte order mark, what a `meta` element says, UTF-8, a guess.
    static func html(_ head: [UInt8], override: String?) -> TextEncoding {
        if override == nil, byteOrderMark(head[...]) == nil, let name = metaCharset(head.prefix(2048)) {
            var named = TextEncoding(named: name, evidence: .declared)
            // A page that is read byte by byte as far as its meta element is not UTF-16.
            if case .utf16 = named.family { return TextEncoding("UTF-8", .utf8, .declared) }
            if western.contains(name) {
                named = TextEncoding("windows-1252", .other, .declared)
                named.fillsGaps = true
            }
            return named
        }
        return stream(head, override: override)
    }

    /// What browsers take for windows-1252 (WHATWG Encoding Standard, section 4.2).
    private static let western: Set<String> = [
        "ansi_x3.4-1968", "ascii", "cp1252", "cp819", "csisolatin1", "ibm819", "iso-8859-1", "iso-ir-100",
        "iso8859-1", "iso88591", "iso_8859-1", "iso_8859-1:1987", "l1", "latin1", "us-ascii", "windows-1252",
        "x-cp1252",
    ]

    private static func metaCharset(_ head: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: head.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self).lowercased()
        for part in text.split(separator: "<") where part.hasPrefix("meta") {
            guard let key = part.firstRange(of: "charset=") else { continue }
            let value = part[key.upperBound...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
            let name = value.prefix { $0.isLetter || $0.isNumber || "-_:.".contains($0) }
            if !name.isEmpty { return String(name) }
        }
        return nil
    }
}
