/// What a document's id is made from.
public enum IdentifierPolicy: String, Sendable, Hashable, CaseIterable {
    /// The `id` field of the record where there is one, and the path otherwise.
    case automatic
    /// The `id` field of the record; a record without one is refused.
    case field
    /// The file's path, with the record's number where a file holds several.
    case path
    /// The digest of the document's text, so that equal documents are one.
    case digest
}
