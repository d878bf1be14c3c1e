public import Documents

/// One entry under `sources`: which files to read and how to find documents in them.
public struct SourceEntry: Sendable, Hashable {
    /// The files: a path or a glob with `*`, `?`, `[…]` and `**`, resolved against the pipeline file.
    public var path: String
    /// The format profile, such as `generic-xml`, or the path of a YAML file that holds one; detected from the file when nil.
    public var profile: String?
    /// Paths of the XML elements that are one document each; the profile's own when empty.
    public var record: [String]
    /// From which paths of a record each field of a document is taken, by field name.
    public var fields: [String: FieldMapping]
    /// XML namespaces, by the prefix used in `record` and `fields`.
    public var namespaces: [String: String]
    /// Names of elements to leave out, beside the profile's.
    public var exclude: [String]
    /// The character encoding of the files, whatever they say themselves; detected when nil.
    public var encoding: String?
    /// What becomes of bytes that are not text in their encoding.
    public var undecodable: UndecodablePolicy
    /// What becomes of a file that breaks the rules of its format; as the profile says when nil.
    public var malformed: MalformedPolicy?
    /// How plain text is divided into documents; as the profile says when nil.
    public var split: TextSplit?
    /// What a document's id is made from, and what happens to a second one with the same id.
    public var ids: IDPolicy
    /// What it means that the source holds no document.
    public var empty: EmptyPolicy

    /// Creates a source of all files that match `path`.
    public init(path: String) {
        self.path = path
        self.record = []
        self.fields = [:]
        self.namespaces = [:]
        self.exclude = []
        self.undecodable = .error
        self.ids = IDPolicy()
        self.empty = .error
    }
}
