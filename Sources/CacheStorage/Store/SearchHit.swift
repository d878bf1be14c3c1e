/// A passage that a search found.
public struct SearchHit: Sendable, Hashable {
    public let collection: String
    /// The document's id in its collection.
    public let document: String
    public let title: String?
    public let passage: Passage
    /// The passage's text.
    public let text: String
    /// How well it fits the query by BM25; larger is better.
    public let score: Double
}
