extension Profile {
    /// Journal articles in JATS, of PubMed Central too, one by one or in an `pmc-articleset`.
    static let jats: Profile = {
        var profile = Profile(name: "jats", summary: "Journal articles in JATS or NLM markup", format: .xml)
        profile.detection.roots = ["article", "pmc-articleset"]
        profile.detection.doctypes = ["JATS", "NLM//DTD Journal", "archivearticle", "journalpublishing"]
        profile.detection.namespaces = ["http://jats.nlm.nih.gov*", "http://dtd.nlm.nih.gov*"]
        profile.records = ["*:article"]
        profile.fields = [
            "id": [
                "*:front/*:article-meta/*:article-id[@pub-id-type='pmc']",
                "*:front/*:article-meta/*:article-id[@pub-id-type='pmcid']",
                "*:front/*:article-meta/*:article-id[@pub-id-type='doi']",
                "*:front/*:article-meta/*:article-id[@pub-id-type='pmid']",
                "*:front/*:article-meta/*:article-id", "@id",
            ],
            "title": [
                "*:front/*:article-meta/*:title-group/*:article-title", "*:front//*:article-title",
                "*:front//*:subject",
                "@article-type",
            ],
            "doi": "*:front/*:article-meta/*:article-id[@pub-id-type='doi']",
            "journal": ["*:front/*:journal-meta//*:journal-title"],
            "year": ["*:front/*:article-meta/*:pub-date/*:year"],
            "author": FieldMapping(["*:front/*:article-meta//*:contrib/*:name/*:surname"], choose: .all),
            "keywords": FieldMapping(["*:front/*:article-meta//*:kwd"], choose: .all),
            "type": "@article-type",
            // Also of what an article holds besides: translations, reviews, responses.
            "text": [
                "*:front/*:article-meta/*:title-group", "*:front/*:article-meta/*:abstract",
                "*:front/*:article-meta/*:trans-abstract", ".//*:front-stub/*:title-group",
                ".//*:front-stub/*:abstract", ".//*:body", ".//*:back/*:ack", ".//*:back/*:sec",
                ".//*:back/*:notes",
                ".//*:back/*:fn-group", ".//*:back/*:glossary", ".//*:back/*:app", ".//*:back/*:app-group",
                "*:floats-group",
            ],
        ]
        profile.layout.blocks = [
            "p", "sec", "title", "article-title", "subtitle", "abstract", "caption", "label", "list",
            "def-list",
            "disp-formula", "disp-quote", "fig", "table-wrap", "boxed-text", "ack", "app", "statement",
            "verse-group", "fn", "table", "speech", "supplementary-material", "trans-abstract", "sub-article",
            "response", "notes", "fn-group", "glossary", "app-group", "sig-block", "address", "contrib-group",
        ]
        profile.layout.lines =
            [
                "list-item", "def-item", "tr", "break", "verse-line", "td/p", "th/p", "sig", "attrib",
                "speaker",
                "contrib",
            ] + ElementLayout.formulaLines
        profile.layout.cells = ["td", "th"]
        profile.layout.spaces =
            [
                "*:address/*", "*:aff/*:label", "*:aff/*:institution", "*:aff/*:country", "*:contrib/*",
                "*:name/*", "*:element-citation/*",
                "*:person-group/*",
            ] + ElementLayout.formulaSpaces
        profile.layout.preformatted = ["preformat", "code"]
        profile.layout.excluded = [
            "*:alternatives/*:tex-math", "ref-list", "object-id", "graphic", "inline-graphic", "permissions",
            "alt-text",
        ]
        profile.entities = .html
        return profile
    }()

    /// PubMed's update files, with their deletions.
    static let pubmed: Profile = {
        var profile = Profile(name: "pubmed", summary: "PubMed citations with abstracts", format: .xml)
        profile.detection.roots = ["PubmedArticleSet", "PubmedArticle", "MedlineCitationSet"]
        profile.records = ["PubmedArticle", "PubmedBookArticle"]
        profile.deletions = ["DeleteCitation/PMID", "DeleteDocument/PMID"]
        profile.fields = [
            "id": ["MedlineCitation/PMID", "BookDocument/PMID"],
            "version": ["MedlineCitation/PMID/@Version", "BookDocument/PMID/@Version"],
            "title": [
                "MedlineCitation/Article/ArticleTitle", "BookDocument/ArticleTitle",
                "BookDocument/Book/BookTitle",
            ],
            "journal": "MedlineCitation/Article/Journal/Title",
            "year": [
                "MedlineCitation/Article/Journal/JournalIssue/PubDate/Year",
                "MedlineCitation/Article/Journal/JournalIssue/PubDate/MedlineDate",
            ],
            "doi": [
                "PubmedData/ArticleIdList/ArticleId[@IdType='doi']",
                "MedlineCitation/Article/ELocationID[@EIdType='doi']",
            ],
            "language": "MedlineCitation/Article/Language",
            "author": FieldMapping(["MedlineCitation/Article/AuthorList/Author/LastName"], choose: .all),
            "group": FieldMapping(
                ["MedlineCitation/Article/AuthorList/Author/CollectiveName"], choose: .all),
            "keywords": FieldMapping(
                [
                    "MedlineCitation/KeywordList/Keyword",
                    "MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName",
                ], choose: .all),
            "mesh": FieldMapping(
                ["MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName"], choose: .all),
            "text": [
                "MedlineCitation/Article/ArticleTitle", "MedlineCitation/Article/Abstract",
                "MedlineCitation/OtherAbstract", "BookDocument/ArticleTitle", "BookDocument/Abstract",
                ".//AbstractText/@Label",
            ],
        ]
        profile.layout.blocks = ["ArticleTitle", "AbstractText", "Abstract", "CopyrightInformation"]
        return profile
    }()

    /// Feeds.
    static let rss: Profile = {
        var profile = Profile(name: "rss", summary: "RSS 0.9 to 2.0", format: .xml)
        profile.detection.roots = ["rss", "RDF"]
        profile.detection.namespaces = ["http://www.w3.org/1999/02/22-rdf-syntax-ns#"]
        profile.detection.doctypes = ["rss-0.91", "RSS 0.9"]
        profile.detection.rootsInNamespaces = true
        profile.namespaces = [
            "content": "http://purl.org/rss/1.0/modules/content/", "dc": "http://purl.org/dc/elements/1.1/",
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        ]
        profile.records = ["item"]
        profile.fields = [
            "id": ["guid", "@rdf:about", "link"],
            "title": FieldMapping(["title", "link", "guid"], transform: .html), "link": "link",
            "date": ["pubDate", "dc:date"], "author": ["dc:creator", "author"],
            "keywords": FieldMapping(["category"], choose: .all),
            "text": FieldMapping(["title", "description", "content:encoded"], transform: .html),
        ]
        profile.malformed = .strict
        profile.entities = .html
        return profile
    }()

    static let atom: Profile = {
        var profile = Profile(name: "atom", summary: "Atom feeds", format: .xml)
        profile.detection.roots = ["feed", "entry"]
        profile.detection.namespaces = ["http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"]
        profile.records = ["*:entry"]
        profile.fields = [
            "id": "*:id",
            "title": FieldMapping(
                ["*:title[@type='html']", "*:title[@mode='escaped']", "*:title", "*:id"], transform: .html,
                plain: ["*:title", "*:id"]),
            "date": ["*:published", "*:updated", "*:issued"],
            "link": ["*:link[@rel='alternate']/@href", "*:link/@href"], "author": "*:author/*:name",
            "keywords": FieldMapping(["*:category/@term"], choose: .all),
            "text": FieldMapping(
                [
                    "*:title[@type='html']", "*:title[@mode='escaped']", "*:summary[@type='html']",
                    "*:summary[@mode='escaped']", "*:content[@type='html']", "*:content[@mode='escaped']",
                    "*:title", "*:summary", "*:content",
                ], transform: .html, plain: ["*:title", "*:summary", "*:content"]),
        ]
        profile.layout = .html
        profile.layout.blocks += ["title", "content"]
        profile.entities = .html
        return profile
    }()

    /// Outlines.
    static let opml: Profile = {
        var profile = Profile(name: "opml", summary: "Outlines in OPML", format: .xml)
        profile.detection.roots = ["opml"]
        profile.fields = [
            "title": "head/title", "author": "head/ownerName",
            "date": ["head/dateModified", "head/dateCreated"],
            "text": ["head/title", "body//outline/@text", "body//outline/@_note"],
        ]
        return profile
    }()
}
