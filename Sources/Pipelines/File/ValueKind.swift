import Yams

/// How one kind of value is named in messages, described in JSON Schema, read from YAML and written back.
struct ValueKind<Value: Sendable>: Sendable {
    /// What may stand there, as the object of "expected": `an integer from 1 to 22`.
    let expected: String
    /// The same as JSON Schema.
    let schema: SchemaValue
    /// The keys inside, for a mapping or a list of mappings.
    let children: [KeyDescription]
    /// Reads a node; reports a problem and returns nil when it does not fit.
    let read: @Sendable (Node, inout NodeReader) -> Value?
    /// Writes a value the way ``read`` accepts it.
    let text: @Sendable (Value) -> String

    init(
        expected: String, schema: SchemaValue, children: [KeyDescription] = [],
        read: @escaping @Sendable (Node, inout NodeReader) -> Value?,
        text: @escaping @Sendable (Value) -> String
    ) {
        self.expected = expected
        self.schema = schema
        self.children = children
        self.read = read
        self.text = text
    }

    /// A kind that is read from a scalar's text; `parse` returns nil for what does not fit.
    static func scalar(
        expected: String, schema: SchemaValue,
        parse: @escaping @Sendable (String) -> Value?,
        text: @escaping @Sendable (Value) -> String
    ) -> ValueKind {
        ValueKind(
            expected: expected, schema: schema,
            read: { node, reader in
                guard let scalar = reader.scalar(node, expected: expected) else { return nil }
                guard let value = parse(scalar.string) else {
                    reader.reportExpected(expected, found: node)
                    return nil
                }
                return value
            },
            text: text)
    }
}
