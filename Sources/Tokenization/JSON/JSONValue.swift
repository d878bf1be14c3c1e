/// A JSON value whose strings are UTF-8 bytes.
///
/// Bytes, because Swift strings compare by canonical equivalence and would take "é" and "é" (e with a
/// combining accent) for one token.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string([UInt8])
    case array([JSONValue])
    case object([JSONMember])

    /// What the value is, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer: "an integer"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// One key and its value; keys are unique within an object.
struct JSONMember: Sendable {
    var key: [UInt8]
    var value: JSONValue
}

/// A value and the path that leads to it, so that errors can say where.
struct JSONNode {
    let value: JSONValue
    let path: String

    /// Whether the value is absent or null.
    var isNull: Bool {
        if case .null = value { return true }
        return false
    }

    /// The member of that name; absent members read as null.
    subscript(key: String) -> JSONNode {
        let place = path.isEmpty ? key : "\(path).\(key)"
        guard case .object(let members) = value else { return JSONNode(value: .null, path: place) }
        let bytes = Array(key.utf8)
        let found = members.first { $0.key == bytes }
        return JSONNode(value: found?.value ?? .null, path: place)
    }

    func object() throws -> [JSONMember] {
        guard case .object(let members) = value else { throw mismatch("an object") }
        return members
    }

    func array() throws -> [JSONNode] {
        guard case .array(let elements) = value else { throw mismatch("an array") }
        return elements.enumerated().map { JSONNode(value: $1, path: "\(path)[\($0)]") }
    }

    func bytes() throws -> [UInt8] {
        guard case .string(let bytes) = value else { throw mismatch("a string") }
        return bytes
    }

    func string() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

    /// A truth value; null reads as `standard`.
    func bool(default standard: Bool) throws -> Bool {
        if isNull { return standard }
        guard case .bool(let flag) = value else { throw mismatch("true or false") }
        return flag
    }

    /// An integer of the given range.
    func integer(in range: Range<Int>) throws -> Int {
        guard case .integer(let number) = value else { throw mismatch("an integer") }
        guard range.contains(number) else {
            throw TokenizationError(
                .invalidTokenizer,
                "Found \(number) where a number from \(range.lowerBound) to \(range.upperBound - 1) is expected.",
                context: ["component": path])
        }
        return number
    }

    private func mismatch(_ expected: String) -> TokenizationError {
        let found = isNull ? "nothing" : value.kind
        return TokenizationError(
            .invalidTokenizer, "Found \(found) where \(expected) is expected.", context: ["component": path])
    }
}
