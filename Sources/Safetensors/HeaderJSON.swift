/// A JSON value read from an untrusted header: objects keep their order, keys are unique, depth is limited.
package indirect enum HeaderJSON: Sendable, Hashable {
    case object([Member])
    case array([HeaderJSON])
    case string(String)
    /// A number without fraction and exponent that fits an `Int`.
    case integer(Int)
    /// Any other number.
    case number(Double)
    case bool(Bool)
    case null

    package struct Member: Sendable, Hashable {
        package let key: String
        package let value: HeaderJSON
    }

    /// What is wrong with the text, and at which byte.
    package struct SyntaxError: Error, Sendable, Hashable {
        package let message: String
        package let offset: Int
    }

    /// The value of `key` in an object; nil in anything else.
    package subscript(key: String) -> HeaderJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// Parses the whole of `bytes`; nothing but white space may follow the value.
    package init(parsing bytes: UnsafeRawBufferPointer, maximumDepth: Int = 64) throws {
        var parser = HeaderJSONParser(bytes: bytes, maximumDepth: maximumDepth)
        self = try parser.document()
    }

    /// Parses the whole of `bytes`; nothing but white space may follow the value.
    package init(parsing bytes: [UInt8], maximumDepth: Int = 64) throws {
        self = try bytes.withUnsafeBytes { try HeaderJSON(parsing: $0, maximumDepth: maximumDepth) }
    }

    /// `text` as a JSON string with its quotes.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
