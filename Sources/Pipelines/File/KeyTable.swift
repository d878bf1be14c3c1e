import Yams

/// The keys of one mapping in a pipeline file: the single source of parser, documentation and JSON Schema.
struct KeyTable<Root: Sendable & Hashable>: Sendable {
    /// What the mapping is, for messages: `compression`, `a source`.
    let title: String
    /// The mapping with every key left out.
    let standard: Root
    /// The keys, in the order of documentation.
    let keys: [PipelineKey<Root>]

    /// The mapping as a kind of value, for use as the value of a key.
    var kind: ValueKind<Root> {
        ValueKind(
            expected: "a mapping of \(keys.map(\.description.name).joined(separator: ", "))",
            schema: schema,
            children: keys.map(\.description),
            read: { read($0, &$1) },
            text: { $0 == standard ? "{}" : "{ … }" })
    }

    /// The mapping as JSON Schema; keys that are not listed are refused.
    var schema: SchemaValue {
        let required = keys.filter(\.description.isRequired).map { SchemaValue.string($0.description.name) }
        let properties = keys.map { key in
            SchemaValue.Member(
                key: key.description.name,
                value: key.schema.adding([("description", .string(key.description.summary))]))
        }
        let open: SchemaValue = ["type": "object", "additionalProperties": false]
        return open.adding(
            (required.isEmpty ? [] : [("required", .array(required))]) + [("properties", .object(properties))]
        )
    }

    /// Reads a mapping, reporting unknown, repeated and missing keys.
    ///
    /// Returns nil only when the node is no mapping; a key with a bad value keeps its standard value, so that the
    /// other keys are still checked.
    func read(_ node: Node, _ reader: inout NodeReader) -> Root? {
        guard case .mapping(let mapping) = node else {
            reader.reportExpected("a mapping with keys such as '\(keys[0].description.name)'", found: node)
            return nil
        }
        var root = standard
        var seen: Set<String> = []
        for (keyNode, value) in mapping {
            guard case .scalar(let name) = keyNode else {
                reader.report(
                    "expected the name of a key, found \(NodeReader.describe(keyNode))", at: keyNode.mark)
                continue
            }
            guard let key = keys.first(where: { $0.description.name == name.string }) else {
                let hint =
                    NearestName.of(name.string, among: keys.map(\.description.name))
                    .map { "; did you mean '\($0)'?" }
                    ?? "; known are \(keys.map(\.description.name).joined(separator: ", "))"
                reader.report("unknown key '\(name.string.prefix(40))' in \(title)\(hint)", at: name.mark)
                continue
            }
            seen.insert(name.string)
            if case .scalar(let scalar) = value, NodeReader.isNull(scalar) {
                reader.report(
                    "key '\(name.string)' in \(title) has no value; give one or leave the key out",
                    at: name.mark)
                continue
            }
            reader.reading(name.string, at: value) { key.read(value, &$0, &root) }
        }
        for key in keys where key.description.isRequired && !seen.contains(key.description.name) {
            reader.report(
                "missing key '\(key.description.name)' in \(title): \(key.description.summary)",
                at: mapping.mark)
        }
        return root
    }
}
