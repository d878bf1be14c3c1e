extension Profile {
    /// The profiles that come with the program, in the order in which detection tries them.
    public static let builtIn: [Profile] = [
        .pubmed, .mediawiki, .stackexchange, .rss, .atom, .opml, .tei, .akomaNtoso, .uslm, .cnxml, .xhtml,
        .docbook,
        .jats, .epub, .html, .genericXML, .markdown, .restructuredText, .ndjson, .json, .csv, .plainText,
    ]

    /// A built-in profile by name. Throws a ``DocumentFailure`` that lists the names when there is none.
    public static func named(_ name: String) throws -> Profile {
        if let profile = builtIn.first(where: { $0.name == name }) { return profile }
        throw DocumentFailure(
            .definition,
            "no profile is named “\(name)”; there are \(builtIn.map(\.name).sorted().joined(separator: ", "))"
        )
    }
}
