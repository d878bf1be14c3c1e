/// One text of a collection, with what is known about it and the way back to where it came from.
public struct Document: Sendable, Hashable {
    /// Unique among the documents of its source; see ``IDPolicy``.
    public var id: String
    public var title: String?
    /// What the source says about the document, by field name: values are never empty.
    public var metadata: [String: String]
    /// The text, normalised by ``TextNormalizer``: UTF-8, NFC, lines ended by a line feed.
    public var text: String
    public var source: DocumentSource
    /// The way from each byte of `text` back to the source.
    public var sourceMap: SourceMap
    public var coverage: Coverage
    /// What a reader of the document should know: a guessed encoding, replaced bytes, a mended file.
    public var warnings: [String]

    public init(
        id: String, title: String?, metadata: [String: String], text: String, source: DocumentSource,
        sourceMap: SourceMap, coverage: Coverage, warnings: [String] = []
    ) {
        self.id = id
        self.title = title
        self.metadata = metadata
        self.text = text
        self.source = source
        self.sourceMap = sourceMap
        self.coverage = coverage
        self.warnings = warnings
    }
}
