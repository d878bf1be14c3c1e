import Foundation
import SystemPackage
import Yams

extension ValueKind where Value == String {
    /// A text of 1 to 4,096 bytes on one line, without control characters.
    static var text: ValueKind {
        .scalar(
            expected: "a text on one line",
            schema: ["type": "string", "minLength": 1, "maxLength": 4096],
            parse: { $0.isEmpty || $0.utf8.count > 4096 || $0.hasControlCharacters ? nil : $0 },
            text: { $0 })
    }

    /// A name that is also safe as a part of a file name and of a URL.
    static var name: ValueKind {
        .scalar(
            expected: "a name of 1 to 64 letters, digits, '.', '_' or '-' that starts with a letter or digit",
            schema: ["type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"],
            parse: { text in
                let isName =
                    (1...64).contains(text.utf8.count)
                    && text.utf8.allSatisfy { byte in
                        let character = Character(Unicode.Scalar(byte))
                        return byte < 128
                            && (character.isLetter || character.isNumber || "._-".contains(character))
                    }
                return isName && !"._-".contains(text.prefix(1)) ? text : nil
            },
            text: { $0 })
    }

    /// A path that may hold wildcards, resolved against the pipeline file.
    static var glob: ValueKind {
        ValueKind(
            expected: "a path or a glob such as texts/**/*.md",
            schema: ["type": "string", "minLength": 1, "maxLength": 4096],
            read: { node, reader in
                guard let text = ValueKind.text.read(node, &reader) else { return nil }
                return reader.resolve(text, at: node.mark)?.string
            },
            text: { $0 })
    }

    /// An IANA time zone name.
    static var zone: ValueKind {
        ValueKind(
            expected: "an IANA time zone such as Europe/Berlin or UTC",
            schema: ["type": "string", "minLength": 1],
            read: { node, reader in
                guard let text = ValueKind.text.read(node, &reader) else { return nil }
                if text == "UTC" || (text.contains("/") && TimeZone(identifier: text) != nil) { return text }
                let nearest = NearestName.of(text, among: ["UTC"] + TimeZone.knownTimeZoneIdentifiers)
                let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
                reader.report(
                    "\(reader.location): unknown time zone '\(text.prefix(40))', "
                        + "expected an IANA name such as Europe/Berlin\(hint)", at: node.mark)
                return nil
            },
            text: { $0 })
    }
}

extension ValueKind where Value == FilePath {
    /// A path, resolved against the pipeline file.
    static var path: ValueKind {
        ValueKind(
            expected: "a path",
            schema: ["type": "string", "minLength": 1, "maxLength": 4096],
            read: { node, reader in
                guard let text = ValueKind<String>.text.read(node, &reader) else { return nil }
                return reader.resolve(text, at: node.mark)
            },
            text: { $0.string })
    }
}

extension ValueKind where Value == Int {
    /// An integer of `range`, in plain decimal.
    static func integer(_ range: ClosedRange<Int>) -> ValueKind {
        ValueKind(
            expected: "an integer from \(range.lowerBound) to \(range.upperBound)",
            schema: [
                "type": "integer", "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ],
            read: { node, reader in
                let expected = "an integer from \(range.lowerBound) to \(range.upperBound)"
                guard let scalar = reader.scalar(node, expected: expected) else { return nil }
                guard scalar.style == .plain, let value = Int(scalar.string), String(value) == scalar.string,
                    range.contains(value)
                else {
                    reader.reportExpected(expected, found: node)
                    return nil
                }
                return value
            },
            text: { String($0) })
    }
}

extension ValueKind where Value == ByteSize {
    /// A number of bytes of at least `minimum`, and of at most `maximum` where there is one.
    static func size(atLeast minimum: ByteSize, atMost maximum: ByteSize? = nil) -> ValueKind {
        let number: SchemaValue = ["type": "integer", "minimum": .integer(minimum.bytes)]
        let expected = maximum.map { "a size from \(minimum) to \($0), such as 64MiB or 200MB" }
        return .scalar(
            expected: expected ?? "a size of at least \(minimum), such as 64MiB or 10GB",
            schema: [
                "anyOf": [
                    number.adding(maximum.map { [("maximum", .integer($0.bytes))] } ?? []),
                    ["type": "string", "pattern": "^[0-9]+([.][0-9]{1,9})? *([kKmMgGtT]([iI])?)?[bB]?$"],
                ]
            ],
            parse: { text in
                ByteSize(text).flatMap { $0 < minimum || $0 > maximum ?? $0 ? nil : $0 }
            },
            text: { $0.description })
    }
}

extension ValueKind where Value == Duration {
    /// A duration of `range`.
    static func duration(_ range: ClosedRange<Duration>) -> ValueKind {
        .scalar(
            expected: "a duration from \(DurationText.string(range.lowerBound)) to "
                + "\(DurationText.string(range.upperBound)), such as 90s, 5m or 1h30m",
            schema: [
                "anyOf": [
                    ["const": 0],
                    ["type": "string", "pattern": "^(0|([0-9]+([.][0-9]{1,9})?(d|h|m|s|ms) *)+)$"],
                ]
            ],
            parse: { text in DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil } },
            text: { DurationText.string($0) })
    }
}

extension ValueKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the names of an enumeration.
    static var choice: ValueKind { choice(among: Array(Value.allCases)) }
}

extension ValueKind where Value: RawRepresentable, Value.RawValue == String {
    /// One of the names of `values`.
    static func choice(among values: [Value]) -> ValueKind {
        let names = values.map(\.rawValue)
        let expected = names.dropLast().joined(separator: ", ") + " or \(names[names.count - 1])"
        return ValueKind(
            expected: expected,
            schema: ["enum": .array(names.map { .string($0) })],
            read: { node, reader in
                guard let scalar = reader.scalar(node, expected: expected) else { return nil }
                if let value = values.first(where: { $0.rawValue == scalar.string }) { return value }
                let hint = NearestName.of(scalar.string, among: names).map { "; did you mean '\($0)'?" } ?? ""
                reader.reportExpected(expected, found: node, hint: hint)
                return nil
            },
            text: { $0.rawValue })
    }
}

extension StringProtocol {
    /// Whether the text holds C0 or C1 control characters, which no name, path or pattern here needs.
    var hasControlCharacters: Bool {
        unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }
}
