/// What came of reading a source.
public struct ReadSummary: Sendable, Hashable, Codable {
    public var files = 0
    /// Files and archive members that were read to their end.
    public var members = 0
    public var documents = 0
    public var deletions = 0
    public var failures = 0
    /// Records that a profile's `only` or an id policy left out.
    public var skipped = 0
    /// Records and members without text.
    public var empty = 0
    /// Characters of all documents, and of what stands outside the records, by element name.
    public var coverage = Coverage()

    public init() {}

    /// Adds what came of reading another source.
    public mutating func add(_ other: ReadSummary) {
        files += other.files
        members += other.members
        documents += other.documents
        deletions += other.deletions
        failures += other.failures
        skipped += other.skipped
        empty += other.empty
        coverage.add(other.coverage)
    }
}
