import Yams

/// One key of a mapping: its documentation, its schema, and how its value enters the mapping's value.
struct PipelineKey<Root: Sendable & Hashable>: Sendable {
    /// The key as documentation shows it.
    let description: KeyDescription
    /// The key's value as JSON Schema.
    let schema: SchemaValue
    /// Reads the value into `root`; reports a problem and leaves `root` alone when it does not fit.
    let read: @Sendable (Node, inout NodeReader, inout Root) -> Void

    /// A key whose value always exists: left out, the one in `standard` holds.
    init<Value: Sendable>(
        _ name: String, _ kind: ValueKind<Value>, _ path: any WritableKeyPath<Root, Value> & Sendable,
        in standard: Root, isRequired: Bool = false, _ summary: String
    ) {
        description = KeyDescription(
            name: name, summary: summary, expected: kind.expected,
            defaultText: isRequired || !kind.children.isEmpty ? nil : kind.text(standard[keyPath: path]),
            isRequired: isRequired, children: kind.children)
        schema = kind.schema
        read = { node, reader, root in
            if let value = kind.read(node, &reader) { root[keyPath: path] = value }
        }
    }

    /// A key that may have no value at all.
    init<Value: Sendable>(
        optional name: String, _ kind: ValueKind<Value>, _ path: any WritableKeyPath<Root, Value?> & Sendable,
        _ summary: String
    ) {
        description = KeyDescription(
            name: name, summary: summary, expected: kind.expected, defaultText: nil, isRequired: false,
            children: kind.children)
        schema = kind.schema
        read = { node, reader, root in
            if let value = kind.read(node, &reader) { root[keyPath: path] = value }
        }
    }
}
