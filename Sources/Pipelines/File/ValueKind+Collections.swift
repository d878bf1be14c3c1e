import Yams

extension ValueKind {
    /// A list of `count` values.
    static func list<Element>(
        of element: ValueKind<Element>, count: ClosedRange<Int>
    ) -> ValueKind where Value == [Element] {
        let expected =
            "a list of \(count.lowerBound) to \(count.upperBound) entries, each \(element.expected)"
        return ValueKind(
            expected: expected,
            schema: [
                "type": "array", "items": element.schema, "minItems": .integer(count.lowerBound),
                "maxItems": .integer(count.upperBound),
            ],
            children: element.children,
            read: { node, reader in
                guard case .sequence(let sequence) = node, count.contains(sequence.count) else {
                    let found: String
                    if case .sequence(let sequence) = node {
                        found = "a list of \(sequence.count)"
                    } else {
                        found = NodeReader.describe(node)
                    }
                    reader.report("\(reader.location): expected \(expected), found \(found)", at: node.mark)
                    return nil
                }
                var values: [Element] = []
                for (index, item) in sequence.enumerated() {
                    if let value = reader.reading("[\(index)]", at: item, { element.read(item, &$0) }) {
                        values.append(value)
                    }
                }
                return values.count == sequence.count ? values : nil
            },
            text: { "[" + $0.map(element.text).joined(separator: ", ") + "]" })
    }

    /// One value, or a list of up to `most`.
    static func oneOrMore<Element>(
        of element: ValueKind<Element>, atMost most: Int
    ) -> ValueKind where Value == [Element] {
        let several = list(of: element, count: 1...most)
        return ValueKind(
            expected: "\(element.expected), or a list of them",
            schema: ["anyOf": [element.schema, several.schema]],
            read: { node, reader in
                if case .sequence = node { return several.read(node, &reader) }
                return element.read(node, &reader).map { [$0] }
            },
            text: { $0.count == 1 ? element.text($0[0]) : several.text($0) })
    }

    /// A mapping from names of the user's own choosing.
    static func dictionary<Element>(
        of element: ValueKind<Element>, atMost most: Int
    ) -> ValueKind where Value == [String: Element] {
        let expected = "a mapping of names, each to \(element.expected)"
        return ValueKind(
            expected: expected,
            schema: [
                "type": "object", "additionalProperties": element.schema,
                "propertyNames": ["minLength": 1, "maxLength": 128], "maxProperties": .integer(most),
            ],
            read: { node, reader in
                guard case .mapping(let mapping) = node, mapping.count <= most else {
                    reader.reportExpected(expected + " (at most \(most))", found: node)
                    return nil
                }
                var values: [String: Element] = [:]
                for (key, item) in mapping {
                    guard case .scalar(let name) = key, (1...128).contains(name.string.utf8.count),
                        !name.string.hasControlCharacters
                    else {
                        reader.reportExpected("a name of 1 to 128 bytes", found: key)
                        continue
                    }
                    values[name.string] = reader.reading(name.string, at: item) { element.read(item, &$0) }
                }
                return values.count == mapping.count ? values : nil
            },
            text: { values in
                let pairs = values.sorted { $0.key < $1.key }.map { "\($0.key): \(element.text($0.value))" }
                return pairs.isEmpty ? "{}" : "{ " + pairs.joined(separator: ", ") + " }"
            })
    }
}
