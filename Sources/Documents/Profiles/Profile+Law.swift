extension Profile {
    /// Law and parliamentary documents in Akoma Ntoso.
    static let akomaNtoso: Profile = {
        var profile = Profile(name: "akoma-ntoso", summary: "Law in Akoma Ntoso", format: .xml)
        profile.detection.roots = ["akomaNtoso", "akomantoso"]
        profile.detection.namespaces = [
            "http://docs.oasis-open.org/legaldocml/ns/akn*", "http://www.akomantoso.org/*",
        ]
        profile.fields = [
            "id": ["*/*:meta/*:identification/*:FRBRExpression/*:FRBRthis/@value"],
            "title": [
                ".//*:docTitle", ".//*:shortTitle", ".//*:longTitle",
                "*/*:meta//*:FRBRWork/*:FRBRalias/@value",
                "*/*:meta//*:FRBRWork/*:FRBRthis/@value",
            ],
            "date": "*/*:meta/*:identification/*:FRBRWork/*:FRBRdate/@date",
            "country": "*/*:meta/*:identification/*:FRBRWork/*:FRBRcountry/@value",
        ]
        profile.layout.blocks = [
            "p", "article", "section", "chapter", "part", "title", "book", "paragraph", "subparagraph",
            "clause",
            "preface", "preamble", "recital", "citation", "heading", "longTitle", "block", "table",
            "conclusions",
            "speech", "question", "answer", "subsection", "rule", "subchapter", "attachment", "debateSection",
            "content", "intro", "wrapUp", "level", "hcontainer", "division", "tome", "crossHeading",
            "transitional",
            "subheading", "blockList", "ul", "ol", "toc", "tblock", "listIntroduction", "listWrapUp",
        ]
        profile.layout.lines = [
            "point", "item", "tr", "indent", "alinea", "list", "from", "eol", "br", "li", "tocItem",
            "signature",
            "caption",
        ]
        profile.layout.cells = ["td", "th"]
        profile.layout.spaces = ["num"]
        profile.layout.excluded = ["meta", "remark", "authorialNote/*:num", "del"]
        return profile
    }()

    /// The United States Code and other federal law in USLM.
    static let uslm: Profile = {
        var profile = Profile(name: "uslm", summary: "United States law in USLM", format: .xml)
        profile.detection.namespaces = [
            "http://xml.house.gov/schemas/uslm/1.0", "http://schemas.gpo.gov/xml/uslm",
        ]
        profile.records = [
            "*:section", "*:preface", "*:preamble", "*:main/*:longTitle", "*:signatures",
        ]
        profile.fields = [
            "id": ["@identifier", "@id"],
            "title": ["*:heading", "*:num", "*:officialTitle", "@identifier", "@id"],
            "number": ["*:num/@value", "*:num"], "status": "@status",
        ]
        profile.layout.blocks = [
            "section", "heading", "subsection", "paragraph", "subparagraph", "clause", "subclause", "chapeau",
            "continuation", "p", "note", "notes", "sourceCredit", "quotedContent", "table", "toc", "content",
            "proviso", "crossHeading", "level", "officialTitle", "enactingFormula", "recital",
            "resolvingClause",
            "editorialNote", "signatures",
        ]
        profile.layout.lines = ["item", "subitem", "tr", "tocItem", "br", "signature", "docTitle"]
        profile.layout.cells = ["td", "th", "column"]
        profile.layout.spaces = ["num", "label", "footnote", "*:signature/*"]
        profile.layout.excluded = ["meta", "page"]
        return profile
    }()
}
