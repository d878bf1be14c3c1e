/// An encoding of text and how it was found out.
struct TextEncoding: Sendable, Hashable {
    enum Family: Sendable, Hashable {
        case utf8
        case utf16(bigEndian: Bool)
        case utf32(bigEndian: Bool)
        case other
    }

    /// Why the encoding is believed.
    enum Evidence: String, Sendable, Hashable {
        case byteOrderMark, declared, override, valid, guessed
    }

    var name: String
    var family: Family
    var evidence: Evidence
    /// Bytes of a byte order mark at the start.
    var markBytes = 0
    /// Whether bytes that stand for nothing are control characters, as browsers take them.
    var fillsGaps = false

    init(_ name: String, _ family: Family, _ evidence: Evidence, markBytes: Int = 0) {
        self.name = name
        self.family = family
        self.evidence = evidence
        self.markBytes = markBytes
    }

    /// An encoding by any of its usual names, in whatever case.
    init(named name: String, evidence: Evidence, bigEndian: Bool = true) {
        let key = name.uppercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
        switch key {
        case "UTF8", "ASCII", "USASCII", "UNICODE11UTF8": self.init("UTF-8", .utf8, evidence)
        case "UTF16", "UCS2", "ISO10646UCS2", "UNICODE", "CSUNICODE":
            self.init(bigEndian ? "UTF-16BE" : "UTF-16LE", .utf16(bigEndian: bigEndian), evidence)
        case "UTF16BE": self.init("UTF-16BE", .utf16(bigEndian: true), evidence)
        case "UTF16LE": self.init("UTF-16LE", .utf16(bigEndian: false), evidence)
        case "UTF32", "UCS4", "ISO10646UCS4":
            self.init(bigEndian ? "UTF-32BE" : "UTF-32LE", .utf32(bigEndian: bigEndian), evidence)
        case "UTF32BE": self.init("UTF-32BE", .utf32(bigEndian: true), evidence)
        case "UTF32LE": self.init("UTF-32LE", .utf32(bigEndian: false), evidence)
        case "SHIFTJIS", "SJIS", "XSJIS", "MSKANJI": self.init("Shift_JIS", .other, evidence)
        // What calls itself GB2312 or GBK is written in their supersets.
        case "GB2312", "GBK", "EUCCN", "CP936", "MS936", "GB18030", "CSGB2312":
            self.init("GB18030", .other, evidence)
        case "KSC5601", "KSC56011987", "KSC56011989", "EUCKR": self.init("EUC-KR", .other, evidence)
        case "ISO88591", "LATIN1", "L1": self.init("ISO-8859-1", .other, evidence)
        default: self.init(Self.iconvName(name), .other, evidence)
        }
    }

    /// Names that iconv does not take as they are found in the wild.
    private static func iconvName(_ name: String) -> String {
        let key = name.lowercased()
        if key.hasPrefix("x-") { return String(name.dropFirst(2)) }
        if key.hasPrefix("cp-") { return "CP" + name.dropFirst(3) }
        return name
    }

    /// The encoding that a byte order mark at the start names.
    static func byteOrderMark(_ bytes: ArraySlice<UInt8>) -> TextEncoding? {
        let bytes = Array(bytes.prefix(4))
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            return TextEncoding("UTF-8", .utf8, .byteOrderMark, markBytes: 3)
        }
        if bytes == [0xFF, 0xFE, 0, 0] {
            return TextEncoding("UTF-32LE", .utf32(bigEndian: false), .byteOrderMark, markBytes: 4)
        }
        if bytes == [0, 0, 0xFE, 0xFF] {
            return TextEncoding("UTF-32BE", .utf32(bigEndian: true), .byteOrderMark, markBytes: 4)
        }
        if bytes.starts(with: [0xFE, 0xFF]) {
            return TextEncoding("UTF-16BE", .utf16(bigEndian: true), .byteOrderMark, markBytes: 2)
        }
        if bytes.starts(with: [0xFF, 0xFE]) {
            return TextEncoding("UTF-16LE", .utf16(bigEndian: false), .byteOrderMark, markBytes: 2)
        }
        return nil
    }
}
