extension Profile {
    /// Any text file.
    static let plainText: Profile = {
        var profile = Profile(name: "text", summary: "Plain text, one document per file", format: .text)
        profile.detection.extensions = ["txt", "text", "log", "asc"]
        return profile
    }()

    /// Markdown; front matter becomes metadata.
    static let markdown: Profile = {
        var profile = Profile(
            name: "markdown", summary: "Markdown, front matter as metadata", format: .markdown)
        profile.detection.extensions = ["md", "markdown", "mdown", "mkd"]
        return profile
    }()

    /// reStructuredText, as text; the title is its first section's.
    static let restructuredText: Profile = {
        var profile = Profile(
            name: "restructured-text", summary: "reStructuredText, as it stands", format: .restructuredText)
        profile.detection.extensions = ["rst", "rest"]
        return profile
    }()

    /// One JSON object per line.
    static let ndjson: Profile = {
        var profile = Profile(name: "ndjson", summary: "One JSON object per line", format: .ndjson)
        profile.detection.extensions = ["ndjson", "jsonl"]
        profile.fields = valueFields
        return profile
    }()

    /// A JSON object, or an array of them.
    static let json: Profile = {
        var profile = Profile(name: "json", summary: "A JSON object, or an array of them", format: .json)
        profile.detection.extensions = ["json"]
        profile.fields = valueFields
        return profile
    }()

    /// Rows of values under a row of names.
    static let csv: Profile = {
        var profile = Profile(name: "csv", summary: "Rows of values under a row of names", format: .csv)
        profile.detection.extensions = ["csv", "tsv"]
        profile.fields = valueFields
        return profile
    }()

    /// The names that such files usually have; the rest is metadata.
    private static let valueFields: [String: FieldMapping] = [
        "id": ["id", "_id", "uuid", "key"],
        "title": ["title", "headline", "name", "subject"],
        "text": FieldMapping(
            ["text", "body", "content", "article", "abstract", "description"], choose: .first),
        "*": "*",
    ]
}
