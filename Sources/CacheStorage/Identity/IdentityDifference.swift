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

    /// What mends it: the setting that the cache was made with, or a cache made again.
    public var remedy: String {
        let recompute = "'pharos run', or 'pharos add' for what was added by hand, computes it again"
        return switch field {
        case "model.weights", "model.beacon", "model.tokenizer", "model.configuration":
            "name the checkpoint it was made with by --model, or \(recompute)"
        case "compute.weights": found.map { "give --weights \($0), or \(recompute)" } ?? recompute
        case "prompt.head": "name the layout it was made with by --template, or \(recompute)"
        default: recompute
        }
    }

    public var description: String {
        "\(field): the cache has \(found ?? "nothing"), expected \(expected ?? "nothing")"
    }
}
