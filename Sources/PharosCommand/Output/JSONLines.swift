import Foundation

/// Writes one JSON object per line, with its type and the version of its schema.
///
/// Keys are sorted and numbers are written the shortest way, so equal values give equal lines. Each line is
/// written whole, in one call, before ``write(_:_:)`` returns.
struct JSONLines: Sendable {
    /// The version of the objects' schema. Fields may be added under the same version, never renamed.
    static let schemaVersion = 1

    private let sink: any TextSink

    /// Creates a writer on `sink`.
    init(_ sink: any TextSink) {
        self.sink = sink
    }

    /// Writes `value`, which must encode as an object without `type` and `schema`, as one line.
    func write(_ type: String, _ value: some Encodable) throws {
        try sink.write(Self.line(type, value))
    }

    /// Writes a document as one line, as ``write(_:_:)`` would.
    ///
    /// Foundation's encoder takes longer for a short document than reading it does.
    func write(_ document: DocumentLine) throws {
        var bytes: [UInt8] = []
        document.append(to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        try sink.write(utf8: bytes)
    }

    /// Appends UTF-8 as the inside of a JSON string, spelled as Foundation's encoder spells it.
    static func escape(_ text: [UInt8], into bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        var start = 0
        for (at, byte) in text.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
            bytes += text[start..<at]
            start = at + 1
            bytes.append(0x5C)
            switch byte {
            case 0x22, 0x5C: bytes.append(byte)
            case 0x08: bytes.append(UInt8(ascii: "b"))
            case 0x09: bytes.append(UInt8(ascii: "t"))
            case 0x0A: bytes.append(UInt8(ascii: "n"))
            case 0x0C: bytes.append(UInt8(ascii: "f"))
            case 0x0D: bytes.append(UInt8(ascii: "r"))
            default: bytes += Array("u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        bytes += text[start...]
    }

    /// Returns the line of `value`, with its newline.
    static func line(_ type: String, _ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let data = try encoder.encode(Line(type: type, value: value))
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private struct Line<Value: Encodable>: Encodable {
        let type: String
        let value: Value

        private enum CodingKeys: CodingKey {
            case type, schema
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(type, forKey: .type)
            try container.encode(JSONLines.schemaVersion, forKey: .schema)
            try value.encode(to: encoder)
        }
    }
}
