import Documents

/// The totals that `pharos extract` ends with.
struct ExtractSummary: Encodable {
    var files: Int
    var documents: Int
    var deletions: Int
    var failures: Int
    /// Records without text, and those that a rule left out.
    var skipped: Int
    /// What became of the characters of all files, those outside records included.
    var coverage: Coverage

    init(_ summary: ReadSummary) {
        files = summary.files
        documents = summary.documents
        deletions = summary.deletions
        failures = summary.failures
        skipped = summary.empty + summary.skipped
        coverage = summary.coverage
    }
}
