/// Reads strict JSON (RFC 8259) in one pass over the bytes.
///
/// Stricter than most readers where tokenizers are concerned: a key that occurs twice in an object and a string
/// that is not well-formed Unicode are errors, and nesting is limited, so hostile files end in a message.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private static let maximumDepth = 64

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value that the bytes contain.
    static func read(_ bytes: [UInt8]) throws -> JSONValue {
        if let offset = bytes.span.firstMalformedByte() {
            throw TokenizationError(
                .malformedJSON, "The file is not UTF-8 text.", context: ["offset": String(offset)])
        }
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        if reader.position < bytes.count { throw reader.failure("Text follows the end of the JSON value.") }
        return value
    }

    private func failure(_ message: String) -> TokenizationError {
        TokenizationError(.malformedJSON, message, context: ["offset": String(position)])
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func peek() throws -> UInt8 {
        guard position < bytes.count else { throw failure("The JSON text ends too early.") }
        return bytes[position]
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < Self.maximumDepth else {
            throw failure("Values are nested more than \(Self.maximumDepth) deep.")
        }
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws -> JSONValue {
        for byte in word.utf8 {
            guard try peek() == byte else { throw failure("Expected \(word).") }
            position += 1
        }
        return value
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        position += 1
        var members: [JSONMember] = []
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else {
                throw failure("Expected a key in quotation marks.")
            }
            let key = try string()
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw failure("Expected a colon after the key.") }
            position += 1
            members.append(JSONMember(key: key, value: try value(depth: depth + 1)))
            skipSpace()
            let next = try peek()
            guard next == UInt8(ascii: ",") || next == UInt8(ascii: "}") else {
                throw failure("Expected a comma or the end of the object.")
            }
            position += 1
            if next == UInt8(ascii: "}") { break }
        }
        try refuseDuplicates(members)
        return .object(members)
    }

    private func refuseDuplicates(_ members: [JSONMember]) throws {
        var seen = ByteStringTable(capacity: members.count)
        for member in members where !seen.insert(member.key) {
            let key = String(decoding: member.key, as: UTF8.self)
            throw failure("The key \"\(key)\" occurs twice in the object that ends here.")
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            let next = try peek()
            guard next == UInt8(ascii: ",") || next == UInt8(ascii: "]") else {
                throw failure("Expected a comma or the end of the array.")
            }
            position += 1
            if next == UInt8(ascii: "]") { return .array(elements) }
        }
    }
}

extension JSONReader {
    private mutating func string() throws -> [UInt8] {
        position += 1
        let start = position
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") {
                position += 1
                return Array(bytes[start..<position - 1])
            }
            if byte == UInt8(ascii: "\\") { break }
            guard byte >= 0x20 else { throw failure("A control character stands in a string unescaped.") }
            position += 1
        }
        var text = Array(bytes[start..<position])
        while true {
            let byte = try peek()
            guard byte >= 0x20 else { throw failure("A control character stands in a string unescaped.") }
            position += 1
            if byte == UInt8(ascii: "\"") { return text }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                text.append(byte)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(scalar: try unicodeEscape())
        default: throw failure("An unknown escape stands in a string.")
        }
    }

    private mutating func unicodeEscape() throws -> UInt32 {
        let first = try fourDigits()
        if first < 0xD800 || first > 0xDFFF { return first }
        guard first < 0xDC00, try peek() == UInt8(ascii: "\\") else {
            throw failure("Half a surrogate pair stands in a string.")
        }
        position += 1
        guard try peek() == UInt8(ascii: "u") else {
            throw failure("Half a surrogate pair stands in a string.")
        }
        position += 1
        let second = try fourDigits()
        guard second >= 0xDC00, second <= 0xDFFF else {
            throw failure("Half a surrogate pair stands in a string.")
        }
        return 0x10000 + ((first - 0xD800) << 10 | (second - 0xDC00))
    }

    private mutating func fourDigits() throws -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = hexadecimalValue(of: try peek()) else {
                throw failure("Expected four hexadecimal digits.")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        var isInteger = true
        scan: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
            case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isInteger = false
            default: break scan
            }
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let hasLeadingZero =
            digits.hasPrefix("0") && digits.count > 1 && digits.dropFirst().first?.isNumber == true
        if let lead = digits.first, lead.isASCII, lead.isNumber, !hasLeadingZero {
            if isInteger, let value = Int(text) { return .integer(value) }
            if let value = Double(text), value.isFinite { return .number(value) }
        }
        position = start
        throw failure(text.isEmpty ? "Expected a JSON value." : "\"\(text)\" is no number that can be read.")
    }
}
