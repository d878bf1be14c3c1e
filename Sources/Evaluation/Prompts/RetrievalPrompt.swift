/// A long text with something hidden in it, and the question for it.
public struct RetrievalPrompt: Sendable, Hashable {
    /// Tokens asked for.
    public var length: Int
    /// Percent of the text before the needle.
    public var depth: Int
    public var needle: Needle
    /// The text with the needle in it.
    public var document: String
    /// The whole user turn where a protocol fixes its tokens; nil = document and question as the layout has them.
    public var firstTurn: String?

    public init(length: Int, depth: Int, needle: Needle, document: String, firstTurn: String? = nil) {
        self.length = length
        self.depth = depth
        self.needle = needle
        self.document = document
        self.firstTurn = firstTurn
    }
}
