extension Profile {
    /// Editions in TEI P5 and P4.
    static let tei: Profile = {
        var profile = Profile(name: "tei", summary: "Editions in TEI", format: .xml)
        profile.detection.roots = ["TEI", "TEI.2", "teiCorpus", "teiCorpus.2"]
        profile.detection.namespaces = ["http://www.tei-c.org/ns/1.0"]
        profile.detection.doctypes = ["TEI P4", "tei_all", "tei2.dtd", "teilite"]
        profile.records = ["*:TEI", "*:TEI.2"]
        profile.namespaces = ["tei": "http://www.tei-c.org/ns/1.0"]
        profile.fields = [
            "id": [
                "@xml:id", "*:teiHeader/*:fileDesc/*:publicationStmt/*:idno", "*:teiHeader//*:idno", "@id",
                "@n",
            ],
            "title": [
                "*:teiHeader/*:fileDesc/*:titleStmt/*:title[@type='main']",
                "*:teiHeader/*:fileDesc/*:titleStmt/*:title",
            ],
            "author": FieldMapping(["*:teiHeader/*:fileDesc/*:titleStmt/*:author"], choose: .all),
            "date": [
                "*:teiHeader/*:fileDesc/*:sourceDesc//*:date/@when",
                "*:teiHeader/*:fileDesc/*:sourceDesc//*:date",
                "*:teiHeader/*:fileDesc/*:publicationStmt/*:date",
            ],
            "language": ["*:teiHeader/*:profileDesc/*:langUsage/*:language/@ident", "@xml:lang"],
            "text": ["*:text", "*:sourceDoc"],
        ]
        profile.layout.blocks = [
            "p", "head", "div", "div1", "div2", "div3", "div4", "div5", "lg", "sp", "stage", "note", "list",
            "table", "quote/p", "epigraph", "opener", "closer", "titlePart", "docTitle", "argument",
            "trailer", "ab",
            "castList", "figure", "front", "body", "back", "group", "text", "u", "entry", "entryFree",
            "superEntry", "floatingText", "byline", "postscript", "salute", "signed", "dateline", "titlePage",
            "docAuthor", "docEdition", "docImprint", "imprimatur", "listBibl", "listPerson", "listPlace",
            "listOrg",
        ]
        profile.layout.lines = [
            "l", "item", "row", "speaker", "castItem", "label", "line", "zone", "addrLine", "sense", "hom",
            "re",
            "person", "place", "org", "*:listBibl/*:bibl", "biblStruct", "biblFull", "*:titlePage/*:docDate",
        ]
        profile.layout.cells = ["cell"]
        profile.layout.spaces =
            [
                "lb", "pb", "cb", "gb", "milestone", "space", "fw", "s", "form", "orth", "pron", "hyph",
                "syll",
                "gramGrp", "gram", "pos", "gen", "iType", "usg", "lbl", "def", "etym", "xr", "forename",
                "surname", "roleName", "*:cit/*", "*:address/*", "*:docImprint/*:pubPlace",
                "*:docImprint/*:publisher", "*:docImprint/*:docDate", "*:castItem/*:role",
                "*:castItem/*:roleDesc", "*:castItem/*:actor", "*:person/*", "*:place/*",
                "*:org/*", "*:biblStruct/*", "*:analytic/*", "*:monogr/*", "*:imprint/*", "*:bibl/*:author",
                "*:bibl/*:editor", "*:bibl/*:title", "*:bibl/*:pubPlace", "*:bibl/*:publisher",
                "*:bibl/*:date",
                "*:bibl/*:biblScope",
            ] + ElementLayout.formulaSpaces
        profile.layout.lines += ElementLayout.formulaLines
        profile.layout.alternatives = ["app", "rdgGrp"]
        profile.layout.preformatted = ["eg"]
        profile.layout.joins = [
            "*:lb[@break='no']", "*:pb[@break='no']", "*:cb[@break='no']", "*:gb[@break='no']",
            "*:milestone[@break='no']",
        ]
        profile.layout.tokens = ["w", "pc"]
        profile.layout.excluded = [
            "teiHeader", "fw", "*:choice/*:orig", "*:choice/*:sic", "*:choice/*:abbr", "*:choice/*:am",
            "facsimile",
            "figDesc", "del", "index", "graphic",
        ]
        profile.entities = .html
        return profile
    }()

    /// Manuals in DocBook 4 and 5.
    static let docbook: Profile = {
        var profile = Profile(name: "docbook", summary: "Manuals in DocBook 4 or 5", format: .xml)
        profile.detection.namespaces = ["http://docbook.org/ns/docbook"]
        profile.detection.doctypes = ["DocBook", "docbookx.dtd"]
        profile.detection.roots = [
            "book", "chapter", "appendix", "refentry", "set", "part", "preface", "sect1", "section",
            "glossary",
            "reference", "refsect1",
        ]
        profile.fields = [
            "id": ["@id", "@xml:id"],
            "title": [
                "*:title", "*:info/*:title", "*:bookinfo/*:title", "*:articleinfo/*:title",
                "*:chapterinfo/*:title",
                "*:refnamediv/*:refname", "*:refmeta/*:refentrytitle", ".//*:title",
            ],
            "author": FieldMapping(
                ["*:info//*:author/*:personname/*:surname", "*:bookinfo//*:author/*:surname"], choose: .all),
            "language": ["@lang", "@xml:lang"],
        ]
        profile.layout.blocks = [
            "para", "simpara", "formalpara", "title", "subtitle", "section", "sect1", "sect2", "sect3",
            "sect4",
            "sect5", "simplesect", "chapter", "appendix", "part", "preface", "book", "article", "note", "tip",
            "warning", "caution", "important", "example", "informalexample", "figure", "informalfigure",
            "table",
            "informaltable", "itemizedlist", "orderedlist", "variablelist", "simplelist", "segmentedlist",
            "procedure", "blockquote", "epigraph", "abstract", "bridgehead", "glossentry", "refentry",
            "refnamediv", "refsynopsisdiv", "refsect1", "refsect2", "refsect3", "qandaentry", "question",
            "answer", "sidebar", "footnote", "equation", "mediaobject", "cmdsynopsis", "funcsynopsis",
            "legalnotice",
            "refmeta", "info", "bookinfo", "articleinfo", "author", "copyright", "revhistory", "calloutlist",
            "biblioentry", "bibliomixed", "caption", "attribution", "methodsynopsis", "classsynopsis",
        ]
        profile.layout.lines = [
            "listitem", "varlistentry", "term", "member", "step", "row", "refname", "refpurpose", "callout",
            "revision", "date", "pubdate", "releaseinfo", "publishername", "segtitle", "seg", "sbr", "tr",
            "funcprototype", "fieldsynopsis", "production", "line", "keyword", "subjectterm",
            "*:glossentry/*",
        ]
        profile.layout.lines += ElementLayout.formulaLines
        profile.layout.cells = ["entry", "td", "th"]
        profile.layout.spaces =
            [
                "firstname", "surname", "year", "holder", "arg", "group", "revnumber", "funcdef", "paramdef",
                "void", "varargs", "*:address/*", "*:affiliation/*", "*:personname/*",
                "*:keycombo/*", "*:menuchoice/*", "*:biblioentry/*", "*:production/*", "*:methodsynopsis/*",
                "*:fieldsynopsis/*", "*:methodparam/*", "*:classsynopsis/*",
            ] + ElementLayout.formulaSpaces
        profile.layout.preformatted = [
            "programlisting", "screen", "literallayout", "synopsis", "funcsynopsisinfo", "classsynopsisinfo",
            "address",
        ]
        profile.layout.excluded = ["indexterm", "remark", "imagedata", "textobject", "toc", "index"]
        profile.entities = .html
        return profile
    }()

    /// Course modules of OpenStax and its forebears.
    static let cnxml: Profile = {
        var profile = Profile(name: "cnxml", summary: "Course modules in CNXML", format: .xml)
        profile.detection.namespaces = ["http://cnx.rice.edu/cnxml"]
        profile.records = ["*:document"]
        profile.fields = [
            "id": ["*:metadata/*:content-id", "@module-id", "@id"], "title": ["*:title", "*:name"],
            "abstract": "*:metadata/*:abstract", "language": ["*:metadata/*:language", "@xml:lang"],
            "text": ["*:title", "*:name", "*:metadata/*:abstract", "*:content", "*:glossary"],
        ]
        profile.layout.blocks = [
            "para", "title", "name", "section", "example", "exercise", "problem", "solution", "note",
            "figure",
            "table", "list", "definition", "equation", "quote", "rule", "statement", "proof", "caption",
            "abstract", "commentary", "subfigure",
        ]
        profile.layout.lines =
            ["item", "row", "definition/term", "meaning", "newline"] + ElementLayout.formulaLines
        profile.layout.cells = ["entry"]
        profile.layout.spaces = ["footnote"] + ElementLayout.formulaSpaces
        profile.layout.preformatted = ["code[@display='block']", "preformat"]
        profile.layout.excluded = ["annotation-xml", "annotation", "media"]
        return profile
    }()
}
