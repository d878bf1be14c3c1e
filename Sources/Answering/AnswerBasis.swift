import ContextCaching

/// What an answer rests on: what each entry of its memory stands for, and the texts to quote from.
struct AnswerBasis: Sendable {
    let entries: [(part: Int, interval: Interval)]
    /// Tokens that came from caches.
    let reusedTokens: Int
    /// The document of each part.
    let documents: [String]
    /// UTF-8 of the documents, for quotes.
    let texts: [String: [UInt8]]
    /// Windows that came from finer copies.
    var promoted = 0

    init(_ memory: ContextMemory, documents: [String], texts: [String: [UInt8]]) {
        entries = memory.entries
        reusedTokens = memory.reusedTokens
        self.documents = documents
        self.texts = texts
    }
}
