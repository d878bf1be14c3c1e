/// Takes JSON apart into its scalar values, each with its path and place.
struct JSONScanner {
    private let bytes: [UInt8]
    /// Offset of the first byte among the decoded bytes of the file, and its line.
    private let base: Int
    private let firstLine: Int
    private let depthLimit: Int
    private(set) var at = 0
    private(set) var line: Int
    private var values: [FieldRecord.Value] = []

    init(_ bytes: [UInt8], base: Int, line: Int, depth: Int) {
        self.bytes = bytes
        self.base = base
        firstLine = line
        self.line = line
        depthLimit = depth
    }

    /// Reads one value with all that is in it. Throws a ``DocumentFailure``.
    mutating func record() throws -> FieldRecord {
        skipSpace()
        values = []
        var record = FieldRecord(start: base + at, end: 0, line: line)
        try value([], 0)
        record.values = values
        record.end = base + at
        return record
    }

    /// Whether nothing but white space is left.
    mutating func isAtEnd() -> Bool {
        skipSpace()
        return at == bytes.count
    }

    /// Whether an object is next.
    mutating func isAtObject() -> Bool {
        skipSpace()
        return at < bytes.count && bytes[at] == UInt8(ascii: "{")
    }

    /// Reads a character of the structure if it is next.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    /// Reads a member's name and colon.
    mutating func key() throws -> String {
        skipSpace()
        let (bytes, _) = try string()
        guard take(":") else { throw failure("expected “:” behind a name") }
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func skipValue() throws {
        let kept = values.count
        try value([], 0)
        values.removeLast(values.count - kept)
    }

    private mutating func value(_ path: [String], _ depth: Int) throws {
        guard depth <= depthLimit else {
            throw failure("values nest deeper than \(depthLimit) (limit depth)", .limit)
        }
        skipSpace()
        guard at < bytes.count else { throw failure("a value is missing") }
        let start = at
        let startLine = line
        switch bytes[at] {
        case UInt8(ascii: "{"):
            at += 1
            if take("}") { return }
            repeat { try value(path + [key()], depth + 1) } while take(",")
            guard take("}") else { throw failure("expected “,” or “}”") }
        case UInt8(ascii: "["):
            at += 1
            if take("]") { return }
            repeat { try value(path, depth + 1) } while take(",")
            guard take("]") else { throw failure("expected “,” or “]”") }
        case UInt8(ascii: "\""):
            let (decoded, pieces) = try string()
            values.append(.init(path: path, bytes: decoded, pieces: pieces, line: startLine))
        default:
            while at < bytes.count, !Self.ends(bytes[at]) { at += 1 }
            let word = Array(bytes[start..<at])
            guard Self.isScalar(word) else {
                at = start
                throw failure("expected a value")
            }
            if word == Array("null".utf8) { return }
            let source = base + start..<base + at
            values.append(.init(path: path, bytes: word, pieces: [(word.count, source)], line: startLine))
        }
    }

    private static func ends(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == 0x2C || byte == 0x5D || byte == 0x7D || byte == 0x3A || byte == 0x22
    }

    private static func isScalar(_ word: [UInt8]) -> Bool {
        let text = String(decoding: word, as: UTF8.self)
        if ["true", "false", "null"].contains(text) { return true }
        guard let first = word.first, first == 0x2D || (0x30...0x39).contains(first) else { return false }
        return text.count < 400 && Double(text) != nil && !text.contains("x")
    }

    private mutating func string() throws -> ([UInt8], [(count: Int, source: Range<Int>)]) {
        guard at < bytes.count, bytes[at] == 0x22 else { throw failure("expected a string") }
        at += 1
        var decoded: [UInt8] = []
        var pieces: [(count: Int, source: Range<Int>)] = []
        var start = at
        func close(_ end: Int) {
            guard end > start else { return }
            decoded += bytes[start..<end]
            pieces.append((end - start, base + start..<base + end))
        }
        while at < bytes.count {
            switch bytes[at] {
            case 0x22:
                close(at)
                at += 1
                return (decoded, pieces)
            case 0x5C:
                close(at)
                let from = at
                let character = try escape()
                decoded += character
                pieces.append((character.count, base + from..<base + at))
                start = at
            case 0..<0x20: throw failure("a control character inside a string")
            default: at += 1
            }
        }
        throw failure("a string does not end")
    }

    private mutating func escape() throws -> [UInt8] {
        at += 1
        guard at < bytes.count else { throw failure("a string does not end") }
        defer { at += 1 }
        switch bytes[at] {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"), UInt8(ascii: "f"): return [0x20]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [bytes[at]]
        case UInt8(ascii: "u"):
            let first = try unit()
            if 0xD800..<0xDC00 ~= first, at + 6 < bytes.count, bytes[at + 1] == 0x5C, bytes[at + 2] == 0x75 {
                let mark = at
                at += 2
                let second = try unit()
                if 0xDC00..<0xE000 ~= second {
                    let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
                    return Array(String(Character(scalar ?? "\u{FFFD}")).utf8)
                }
                at = mark
            }
            return Array(String(Character(Unicode.Scalar(first) ?? "\u{FFFD}")).utf8)
        default: throw failure("an escape that JSON does not have")
        }
    }

    /// Four hexadecimal digits behind a `u`; leaves the place on the last.
    private mutating func unit() throws -> UInt32 {
        guard at + 4 < bytes.count,
            let value = UInt32(String(decoding: bytes[at + 1...at + 4], as: UTF8.self), radix: 16)
        else { throw failure("an escape without four digits") }
        at += 4
        return value
    }

    private mutating func skipSpace() {
        while at < bytes.count, isSpace(bytes[at]) {
            if bytes[at] == 0x0A || bytes[at] == 0x0D && (at + 1 == bytes.count || bytes[at + 1] != 0x0A) {
                line += 1
            }
            at += 1
        }
    }

    func failure(_ message: String, _ code: DocumentFailure.Code = .malformed) -> DocumentFailure {
        let lineStart =
            bytes[..<min(at, bytes.count)].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? 0
        return DocumentFailure(
            code, "not JSON: \(message)", line: line, column: at - lineStart + 1, byteOffset: base + at)
    }
}
