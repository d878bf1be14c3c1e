/// How documents get their ids.
public struct IDPolicy: Sendable, Hashable, Codable {
    public enum Form: String, Sendable, Hashable, Codable {
        /// `folder/file.xml#record`: the file's name relative to the source's root, and the record's id or its
        /// place in the file where there are several.
        case file
        /// The record's own id; records without one are failures.
        case record
    }

    /// What happens when a record has the id of an earlier one. A reader tells for the records of one file; a run
    /// does the same for all its sources.
    public enum Duplicates: String, Sendable, Hashable, Codable {
        /// It is a failure.
        case error
        /// It is left out; the first stays.
        case first
        /// It is handed over again: later documents take the place of earlier ones.
        case last
    }

    public var form: Form
    public var duplicates: Duplicates
    /// Put before every id, with a slash.
    public var prefix: String

    public init(form: Form = .file, duplicates: Duplicates = .error, prefix: String = "") {
        self.form = form
        self.duplicates = duplicates
        self.prefix = prefix
    }
}
