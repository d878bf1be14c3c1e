extension Profile {
    /// HTML as it is found, by libxml2's HTML parser.
    static let html: Profile = {
        var profile = Profile(name: "html", summary: "HTML pages, mended where need be", format: .html)
        profile.detection.roots = ["html", "HTML"]
        profile.detection.extensions = ["html", "htm"]
        profile.fields = pageFields
        profile.layout = .html
        profile.entities = .html
        profile.malformed = .recover
        return profile
    }()

    /// XHTML, strictly.
    static let xhtml: Profile = {
        var profile = Profile(name: "xhtml", summary: "XHTML pages", format: .xml)
        profile.detection.namespaces = ["http://www.w3.org/1999/xhtml"]
        profile.detection.doctypes = ["DTD XHTML"]
        profile.detection.extensions = ["xhtml", "xht"]
        profile.fields = pageFields
        profile.layout = .html
        profile.entities = .html
        return profile
    }()

    /// Books; chapters are documents, in the order of the spine.
    static let epub: Profile = {
        var profile = Profile(name: "epub", summary: "EPUB books, chapter by chapter", format: .epub)
        profile.detection.extensions = ["epub"]
        profile.fields = pageFields
        profile.fields["title"] = [
            "*:body//*:h1", "*:body//*:h2", "*:body//*:h3", "*:head/*:title",
        ]
        profile.layout = .html
        profile.entities = .html
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

    private static let pageFields: [String: FieldMapping] = [
        "title": ["*:head/*:title", "*:body//*:h1", "*:body//*:h2"],
        "description": "*:head/*:meta[@name='description']/@content",
        "author": "*:head/*:meta[@name='author']/@content",
        "keywords": "*:head/*:meta[@name='keywords']/@content",
        "language": ["@lang", "@xml:lang"],
        "text": ["*:body", "*:frameset"],
    ]
}
