/// One entry under `sources`: which files to read and how to find documents in them.
public struct SourceEntry: Sendable, Hashable {
    /// The files: a path or a glob with `*`, `?`, `[…]` and `**`, resolved against the pipeline file.
    public var path: String
    /// Globs of files to leave out, resolved the same way.
    public var exclude: [String]
    /// The format profile, such as `tei` or `generic-xml`; detected from the file when nil.
    public var profile: String?
    /// Paths of the XML elements that are one document each; the profile's own when empty.
    public var record: [String]
    /// From which paths of a record each field of a document is taken, by field name.
    public var fields: [String: [String]]
    /// XML namespaces, by the prefix used in `record` and `fields`.
    public var namespaces: [String: String]
    /// The character encoding of files that do not declare one; detected when nil.
    public var encoding: String?
    /// What a document's id is made from when no field gives it.
    public var id: IdentifierPolicy
    /// Metadata added to every document of this source.
    public var metadata: [String: String]

    /// Creates a source of all files that match `path`.
    public init(path: String) {
        self.path = path
        self.exclude = []
        self.record = []
        self.fields = [:]
        self.namespaces = [:]
        self.id = .automatic
        self.metadata = [:]
    }
}
