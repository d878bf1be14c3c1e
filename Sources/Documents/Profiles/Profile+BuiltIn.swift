extension Profile {
    /// The profiles that come with the program, in the order in which detection tries them.
    public static let builtIn: [Profile] = [.genericXML, .markdown, .plainText]

    /// A built-in profile by name. Throws a ``DocumentFailure`` that lists the names when there is none.
    public static func named(_ name: String) throws -> Profile {
        if let profile = builtIn.first(where: { $0.name == name }) { return profile }
        throw DocumentFailure(
            .definition,
            "no profile is named “\(name)”; there are \(builtIn.map(\.name).sorted().joined(separator: ", "))"
        )
    }

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

    /// XML of a kind that no other profile knows.
    static let genericXML: Profile = {
        var profile = Profile(
            name: "generic-xml", summary: "Any XML; say which elements are records and fields", format: .xml)
        profile.fields = ["title": ["title", "*:title", ".//title", ".//*:title", "@title"]]
        profile.layout.unlisted = .byContent
        return profile
    }()
}
