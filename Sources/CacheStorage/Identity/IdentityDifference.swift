/// A field in which two cache identities differ.
public struct IdentityDifference: Sendable, Hashable, Codable, CustomStringConvertible {
    public let field: String
    /// The value at hand; nil where that identity has no such field.
    public let expected: String?
    /// The value in the cache; nil where it has no such field.
    public let found: String?

    public init(field: String, expected: String?, found: String?) {
        self.field = field
        self.expected = expected
        self.found = found
    }

    public var description: String {
        "\(field): the cache has \(found ?? "nothing"), expected \(expected ?? "nothing")"
    }
}
