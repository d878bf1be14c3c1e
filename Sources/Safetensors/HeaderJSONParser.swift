/// A strict recursive parser of JSON (RFC 8259) over untrusted bytes.
struct HeaderJSONParser {
    private let bytes: UnsafeRawBufferPointer
    private let maximumDepth: Int
    private var offset = 0

    init(bytes: UnsafeRawBufferPointer, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func document() throws -> HeaderJSON {
        let result = try value(depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw failure("nothing may follow the value") }
        return result
    }

    private func failure(_ message: String) -> HeaderJSON.SyntaxError {
        HeaderJSON.SyntaxError(message: message, offset: offset)
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    /// Takes `byte` after white space, or returns false.
    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: byte) else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws -> HeaderJSON {
        guard depth <= maximumDepth else { throw failure("nested deeper than \(maximumDepth) levels") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("the text ends where a value should start")
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: HeaderJSON) throws -> HeaderJSON {
        for byte in text.utf8 {
            guard next == byte else { throw failure("not a JSON value") }
            offset += 1
        }
        return value
    }

    private mutating func object(depth: Int) throws -> HeaderJSON {
        offset += 1
        var members: [HeaderJSON.Member] = []
        var keys: Set<String> = []
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a key in quotes was expected") }
            let key = try string()
            guard keys.insert(key).inserted else { throw failure("the key \"\(key)\" occurs twice") }
            guard take(":") else { throw failure("a colon was expected after the key") }
            members.append(HeaderJSON.Member(key: key, value: try value(depth: depth + 1)))
        } while take(",")
        guard take("}") else { throw failure("a comma or a closing brace was expected") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws -> HeaderJSON {
        offset += 1
        var values: [HeaderJSON] = []
        if take("]") { return .array([]) }
        repeat { values.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw failure("a comma or a closing bracket was expected") }
        return .array(values)
    }

    private mutating func number() throws -> HeaderJSON {
        let start = offset
        var isInteger = true
        if next == UInt8(ascii: "-") { offset += 1 }
        if next == UInt8(ascii: "0") { offset += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw failure("the number \(text) is too large")
        }
        return .number(value)
    }

    private mutating func digits() throws {
        let start = offset
        while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
        guard offset > start else { throw failure("not a JSON value") }
    }

    private mutating func string() throws -> String {
        offset += 1
        var result: [UInt8] = []
        while let byte = next {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: result, as: UTF8.self) else {
                    throw failure("the string is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): result += try escape().utf8
            case 0..<0x20: throw failure("a control character must be escaped")
            default: result.append(byte)
            }
        }
        throw failure("the text ends inside a string")
    }

    private mutating func escape() throws -> String {
        guard let byte = next else { throw failure("the text ends inside a string") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return String(Character(try escapedScalar()))
        default: throw failure("an unknown escape")
        }
    }

    /// The scalar of `\uXXXX`, or of a pair of surrogates.
    private mutating func escapedScalar() throws -> Unicode.Scalar {
        let high = try codeUnit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, next == UInt8(ascii: "\\") else { throw failure("half of a surrogate pair") }
        offset += 1
        guard next == UInt8(ascii: "u") else { throw failure("half of a surrogate pair") }
        offset += 1
        let low = try codeUnit()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw failure("half of a surrogate pair") }
        return scalar
    }

    private mutating func codeUnit() throws -> UInt16 {
        guard offset + 4 <= bytes.count,
            let text = String(validating: bytes[offset..<offset + 4], as: UTF8.self),
            text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let value = UInt16(text, radix: 16)
        else { throw failure("four hexadecimal digits were expected") }
        offset += 4
        return value
    }
}
