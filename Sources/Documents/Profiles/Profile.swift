/// How files of one kind become documents: data, not code, so that it can be printed, edited and given back.
public struct Profile: Sendable, Hashable, Codable {
    public var name: String
    /// One line for people.
    public var summary: String
    public var format: DocumentFormat
    /// What `detect` goes by.
    public var detection = Detection.Rule()
    /// Prefixes used in the paths below.
    public var namespaces: [String: String] = [:]
    /// Elements that become a document each; none: the file is one document.
    public var records: [String] = []
    /// Elements whose text is the id of a document that is withdrawn.
    public var deletions: [String] = []
    /// Field names and where their values are; `id`, `title` and `text` have a meaning, the others are metadata.
    public var fields: [String: FieldMapping] = [:]
    /// Elements by what they do to the text around them.
    public var layout = ElementLayout()
    /// Fields whose values decide whether a record is taken.
    public var only: [String: [String]] = [:]
    public var entities = EntityPolicy.keep
    public var malformed = MalformedPolicy.strict
    /// Whether a file may hold several documents one after another, each with its own declaration and root.
    public var severalRoots = false
    /// How plain text is divided into documents.
    public var split = TextSplit.none

    public init(name: String, summary: String, format: DocumentFormat) {
        self.name = name
        self.summary = summary
        self.format = format
    }
}

/// The reader that a profile needs.
public enum DocumentFormat: String, Sendable, Hashable, Codable, CaseIterable {
    case text, markdown
    case restructuredText = "restructured-text"
    case xml, html, json, ndjson, csv, epub
}

/// What becomes of a reference to an entity whose declaration is not at hand. Nothing is ever fetched.
public enum EntityPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// Kept as written and counted, where an unread DTD may declare it; an error in files without one.
    case keep
    /// Kept as written and counted, always.
    case keepAll = "keep-all"
    /// As `keep-all`, but names that HTML declares become their characters.
    case html
    /// An error.
    case refuse
}

/// What becomes of a file that is not well-formed.
public enum MalformedPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// A failure at the first error. Records that were complete before have been handed over.
    case strict
    /// Reading goes on as well as can be; documents carry a warning.
    case recover
}

/// How plain text is divided into documents.
public enum TextSplit: String, Sendable, Hashable, Codable, CaseIterable {
    case none
    case formFeed = "form-feed"
    /// At lines that look like a heading: Markdown's `#`, underlines, numbered sections in capitals.
    case heading
}
