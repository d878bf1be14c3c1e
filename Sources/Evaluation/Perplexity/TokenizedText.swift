/// A text as the model's tokens, without special ones.
public struct TokenizedText: Sendable, Hashable {
    public var id: String
    public var tokens: [Int32]

    public init(id: String, tokens: [Int32]) {
        self.id = id
        self.tokens = tokens
    }
}
