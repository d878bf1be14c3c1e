/// A document that is much like an earlier one.
public struct NearDuplicate: Sendable, Hashable {
    /// The id of the earlier document.
    public var original: String
    /// The estimated share of runs of words that both have among those that either has, up to 1.
    public var similarity: Double

    public init(original: String, similarity: Double) {
        self.original = original
        self.similarity = similarity
    }
}
