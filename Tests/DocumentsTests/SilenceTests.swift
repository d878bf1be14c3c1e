import Documents
import SystemPackage
import Testing

/// A file that gives nothing says so: no file ends without a document, a deletion, a failure or a reason.
@Suite struct SilenceTests {
    @Test func aFileWithoutRecordsIsAFailure() throws {
        let source = "<set><row>text</row></set>"
        let missing = try read(source) { $0.records = ["//nomatch", "other"] }
        #expect(missing.order == ["!empty"])
        #expect(
            missing.failures[0].message == "no //nomatch, //other in this file (profile generic-xml)")
        #expect(missing.summary.coverage.leftOut["row"]?.characters == 4)
        // Withdrawn records are something, and so are records that cannot be read.
        let deleted = "<PubmedArticleSet><DeleteCitation><PMID>9</PMID></DeleteCitation></PubmedArticleSet>"
        #expect(try read(deleted).order == ["-file.xml#9"])
        #expect(try read("<set><row>text") { $0.records = ["row"] }.order == ["!malformed"])
        for (name, text) in [
            ("a.csv", ""), ("a.csv", "id,text\n"), ("a.jsonl", "\n\n"), ("a.json", "[]"), ("a.html", "<<<<"),
        ] {
            #expect(try read(text, name: name).order == ["!empty"], "\(name): \(text)")
        }
    }

    @Test func namesOfRootsThatOthersUse() throws {
        func profile(_ text: String) throws -> String {
            let folder = try TemporaryFolder()
            return try Detector.detect(FilePath(folder.write("a.xml", text))).profile
        }
        #expect(try profile("<users><user>Ann</user></users>") == "generic-xml")
        #expect(try profile("<users><row Id='1'/></users>") == "stackexchange")
        let rdf = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
        let owl = "<rdf:RDF \(rdf) xmlns:owl='http://www.w3.org/2002/07/owl#'><owl:Class/></rdf:RDF>"
        #expect(try profile(owl) == "generic-xml")
        #expect(try profile("<rdf:RDF \(rdf) xmlns='http://purl.org/rss/1.0/'><channel/></rdf:RDF>") == "rss")
        #expect(try profile("<book><name>x</name></book>") == "generic-xml")
        #expect(try profile("<book><title>x</title><chapter/></book>") == "docbook")
        #expect(try profile("<topic id='t'><body/></topic>") == "generic-xml")
        #expect(try profile("<article><name>Chair</name></article>") == "generic-xml")
        #expect(try profile("<article xmlns='http://docbook.org/ns/docbook'/>") == "docbook")
    }

    @Test func patternsThatNothingFits() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.txt", "a")
        // A folder that is there may hold nothing of a kind, as one that is emptied every night.
        #expect(try Outcome(SourceDefinition(path: folder.path.string + "/*.xml")).failures.isEmpty)
        for path in ["none/*.xml", "a.txt/*.xml"] {
            let error = #expect(throws: DocumentFailure.self) {
                try Outcome(SourceDefinition(path: folder.path.string + "/" + path))
            }
            #expect(error?.code == .notFound)
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test func archivesWithNothingToRead() throws {
        let zip: [UInt8] = [0x50, 0x4B, 5, 6] + Array(repeating: 0, count: 18)
        let empty = try read(zip, name: "a.zip")
        #expect(empty.failures.map(\.message) == ["the archive holds no file"])
        let archive = tar([("a.txt", "text"), ("b.txt", "more")])
        let unmatched = try read(archive, name: "a.tar") { $0.members = "*.xml" }
        #expect(unmatched.failures.map(\.message) == ["no member of the archive, 2 of them, matches “*.xml”"])
        #expect(try read(tar([("a/.DS_Store", "\u{0}")]), name: "a.tar").order == ["~", "!empty"])
    }

    @Test func recordsWithoutTextArePassedOver() throws {
        let users = try read("<users><row Id='1'/><row Id='2' AboutMe='&lt;p&gt;Hi&lt;/p&gt;'/></users>")
        #expect(users.order == ["~", "+file.xml#2"])
        let skip = try #require(users.skips.first)
        #expect(skip.path == "/users/row" && skip.line == 1 && skip.reason.contains("has no text"))
        #expect(users.summary.empty == 1 && users.summary.failures == 0)
        // Where none of the records has text, the file has vanished.
        #expect(try read("<users><row Id='1'/></users>").order == ["~", "!empty"])
        let packed = tar([("a.txt", "text"), ("__MACOSX/._a.txt", "\u{0}\u{5}"), (".DS_Store", "\u{0}")])
        let outcome = try read(packed, name: "a.tar")
        #expect(outcome.order == ["+a.tar!a.txt", "~", "~"])
        #expect(outcome.skips.map(\.member) == ["__MACOSX/._a.txt", ".DS_Store"])
    }

    @Test func coversOfBooksArePassedOver() throws {
        func book(_ second: String) -> [UInt8] {
            let page = "<html xmlns='http://www.w3.org/1999/xhtml'><body>"
            return tar([
                (
                    "a.opf",
                    """
                    <package xmlns='http://www.idpf.org/2007/opf'><manifest><item id='a' href='a.xhtml'/>
                    <item id='b' href='b.xhtml'/></manifest><spine><itemref idref='a'/><itemref idref='b'/></spine>
                    </package>
                    """
                ), ("a.xhtml", page + "<img src='cover.png'/></body></html>"),
                ("b.xhtml", page + second + "</body></html>"),
            ])
        }
        let outcome = try read(book("<p>One.</p>"), name: "x.epub")
        #expect(outcome.order == ["~", "+x.epub!b.xhtml"])
        #expect(outcome.skips[0].member == "a.xhtml")
        #expect(try read(book(""), name: "x.epub").order == ["~", "~", "!empty"])
    }

    @Test func whatARuleLeavesOutIsTold() throws {
        var profile = try Profile.named("generic-xml")
        profile.records = ["page"]
        profile.fields["ns"] = "ns"
        profile.only = ["ns": ["0"]]
        let pages = try read("<w><page><ns>1</ns>x</page><page><ns>4</ns>y</page></w>") {
            $0.profile = .custom(profile)
        }
        #expect(pages.order == ["~"])
        #expect(pages.skips[0].line == nil)
        #expect(pages.summary.skipped == 2)
    }

    /// A checkpoint behind the last record leaves nothing to read, which is as it should be.
    @Test func goingOnBehindTheLastRecord() throws {
        for (name, text) in [
            ("a.xml", "<r><i>one</i><i>two</i></r>"), ("a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n"),
        ] {
            let folder = try TemporaryFolder()
            var definition = SourceDefinition(path: try folder.write(name, text))
            if name == "a.xml" { definition.records = ["i"] }
            let reader = DocumentSourceReader(definition)
            let files = try PathGlob(definition.path).files()
            var last: ReadCheckpoint?
            try reader.forEachDocument(in: files, after: nil) { last = $1.checkpoint() ?? last }
            let checkpoint = try #require(last)
            var rest = 0
            try reader.forEachDocument(in: files, after: checkpoint) { _, _ in rest += 1 }
            #expect(rest == 0, "\(name)")
        }
    }

    @Test func oneIDForOneDocument() throws {
        func order(_ source: String, _ duplicates: IDPolicy.Duplicates = .error) throws -> [String] {
            try read(source) {
                $0.records = ["i"]
                $0.fields = ["id": "@id"]
                $0.ids.duplicates = duplicates
            }.order.map { $0.replacing("file.xml", with: "") }
        }
        // A record's own id may be what another has as its place.
        #expect(try order("<r><i id='2'>a</i><i>b</i><i>c</i></r>") == ["+#2", "!id", "+#3"])
        #expect(try order("<r><i>a</i><i id='1'>b</i><i>c</i></r>") == ["+#1", "!id", "+#3"])
        #expect(try order("<r><i>a</i><i id='01'>b</i></r>") == ["+#1", "+#01"])
        #expect(try order("<r><i>a</i><i id='1'>b</i></r>", .first) == ["+#1"])
        #expect(try order("<r><i>a</i><i id='1'>b</i></r>", .last) == ["+#1", "+#1"])
        // A member may come twice, as in archives that are added to.
        let twice = tar([
            ("a.txt", "old"), ("b.csv", "text\nx\ny\n"), ("a.txt", "new"), ("b.csv", "text\nz\n"),
        ])
        let outcome = try read(twice, name: "a.tar")
        #expect(outcome.order == ["+a.tar!a.txt", "+a.tar!b.csv#1", "+a.tar!b.csv#2", "!id", "!id"])
    }
}
