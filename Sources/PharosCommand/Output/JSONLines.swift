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
