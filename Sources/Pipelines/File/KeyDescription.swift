/// One key of pipeline files as documentation shows it.
public struct KeyDescription: Sendable, Hashable {
    /// The key's name.
    public let name: String
    /// What the key settles, as a sentence.
    public let summary: String
    /// What may stand there: `an integer from 1 to 22`.
    public let expected: String
    /// The value that holds when the key is left out, as one would write it; nil when there is none.
    public let defaultText: String?
    /// Whether a file without the key is refused.
    public let isRequired: Bool
    /// The keys inside, for a mapping or a list of mappings.
    public let children: [KeyDescription]
}
