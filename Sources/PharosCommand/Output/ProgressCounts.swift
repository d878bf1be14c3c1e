/// Amounts of work: finished since the last report, finished in all, or expected in all.
struct ProgressCounts: Sendable, Hashable {
    /// Documents, failed ones included.
    var documents: Int
    /// Documents that failed.
    var failures: Int
    /// Tokens that the model has read.
    var tokens: Int
    /// Bytes that the stored caches are smaller than the raw keys and values.
    var bytesSaved: Int

    /// Creates amounts.
    init(documents: Int = 0, failures: Int = 0, tokens: Int = 0, bytesSaved: Int = 0) {
        self.documents = documents
        self.failures = failures
        self.tokens = tokens
        self.bytesSaved = bytesSaved
    }

    mutating func add(_ other: ProgressCounts) {
        documents += other.documents
        failures += other.failures
        tokens += other.tokens
        bytesSaved += other.bytesSaved
    }
}
