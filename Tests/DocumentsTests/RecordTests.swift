import Documents
import SystemPackage
import Testing

@Suite struct RecordTests {
    static let bulletins: @Sendable (inout SourceDefinition) -> Void = {
        $0.records = ["//bulletin"]
        $0.namespaces = ["h": "urn:harbour"]
        $0.fields = [
            "id": "@id", "title": ["head/title", "h:head/h:title"], "text": ["summary", "body"],
            "date": "@date",
        ]
    }

    @Test(arguments: [
        "bulletins.xml", "bulletins.members.xml.gz", "bulletins.frames.xml.zst", "bulletins.streams.xml.xz",
        "bulletins.streams.xml.bz2",
    ])
    func bulletins(_ name: String) throws {
        var definition = SourceDefinition(path: try fixture(name))
        Self.bulletins(&definition)
        let outcome = try Outcome(definition)
        #expect(outcome.order == ["+\(name)#B-1", "+\(name)#B-2", "!id", "~", "!malformed"])
        let first = try #require(outcome.documents.first)
        #expect(first.title == "Fog & ice")
        #expect(first.metadata == ["date": "2024-01-02"])
        #expect(
            first.text == """
                Dense fog in the Port of Norrhamn.

                Ships wait at the outer roads.

                Café ét a<b done.
                """)
        #expect(first.source.line == 4)
        #expect(first.source.path == "/bulletins/bulletin")
        #expect(first.coverage.isComplete)
        #expect(first.coverage.metadataCharacters == 9)
        try checkMap(first, fixtureBytes("bulletins.xml"))

        let second = outcome.documents[1]
        #expect(second.title == "Ice")
        #expect(second.text == "Thin ice.\n\nTugs help.")
        #expect(second.coverage.leftOut == ["note": .init(elements: 1, characters: 9)])
        #expect(second.coverage.isComplete)
        let place = second.sourceMap.position(ofByte: second.text.utf8.count - 1)
        #expect(place.path == "/bulletins/bulletin[2]/body/p")
        #expect(place.line == 10)
        try checkMap(second, fixtureBytes("bulletins.xml"))

        let cut = try #require(outcome.failures.last)
        #expect(cut.line == 13)
        #expect(cut.column == 62)
        #expect(cut.path == "/bulletins/bulletin[5]/body")
        #expect(cut.description.hasPrefix("\(definition.path):13:62: not well-formed"))
        #expect(outcome.summary.coverage.isComplete)
    }

    @Test func mapsTheReferenceAsAWhole() throws {
        let source = "<r><p>one &amp; two&#10;three</p></r>"
        let document = try #require(try read(source).documents.first)
        #expect(document.text == "one & two three")
        #expect(document.sourceMap.position(ofByte: 4).bytes == 10..<15)
        #expect(document.sourceMap.sourceRange(of: 0..<document.text.utf8.count) == 6..<29)
    }

    @Test func wholeFileIsOneDocumentWithoutRecords() throws {
        let outcome = try read("<a><title>T</title><p>x</p> <p>y</p></a>")
        #expect(outcome.order == ["+file.xml"])
        #expect(outcome.documents[0].title == "T")
        #expect(outcome.documents[0].text == "T\n\nx\n\ny")
    }

    @Test func pathsWithPredicatesAndAttributes() throws {
        let source = """
            <set><row kind="a" body="first &lt;text&gt;" n="1"/><row kind="b" body="no" n="2"/>
            <group><row kind="a" body="third" n="3"/></group></set>
            """
        let outcome = try read(source) {
            $0.records = ["//row[@kind='a']"]
            $0.fields = ["id": "@n", "text": "@body"]
        }
        #expect(outcome.documents.map(\.id) == ["file.xml#1", "file.xml#3"])
        #expect(outcome.documents.map(\.text) == ["first <text>", "third"])
        try checkMap(outcome.documents[1], Array(source.utf8))
        let direct = try read(source) {
            $0.records = ["/set/row"]
            $0.fields = ["text": "@body"]
        }
        #expect(direct.documents.map(\.id) == ["file.xml#1", "file.xml#2"])
    }

    @Test func namesWithAndWithoutPrefix() throws {
        let source = """
            <r xmlns="urn:d" xmlns:m="urn:m"><i><t>plain</t><m:t>media</m:t></i></r>
            """
        func title(_ path: String) throws -> String? {
            try read(source) {
                $0.records = ["//i"]
                $0.namespaces = ["x": "urn:m", "d": "urn:d"]
                $0.fields = ["title": [path]] as [String: FieldMapping]
                $0.fields["title"] = FieldMapping([path])
            }.documents.first?.title
        }
        #expect(try title("t") == "plain")
        #expect(try title("x:t") == "media")
        #expect(try title("d:t") == "plain")
        #expect(try title("*:t") == "plain")
        #expect(throws: DocumentFailure.self) { try title("y:t") }
    }

    @Test func excludedElementsAreCounted() throws {
        let outcome = try read("<r><p>keep</p><ref>drop <b>this</b></ref><p>too</p></r>") {
            $0.excluded = ["ref"]
        }
        #expect(outcome.documents[0].text == "keep\n\ntoo")
        #expect(outcome.documents[0].coverage.leftOut == ["ref": .init(elements: 1, characters: 9)])
        #expect(outcome.documents[0].coverage.isComplete)
    }

    @Test func whiteSpaceThatCounts() throws {
        let outcome = try read("<r><p>a  b</p><pre xml:space='preserve'>x\n  y</pre></r>")
        #expect(outcome.documents[0].text == "a b\n\nx\n  y")
    }

    @Test func idPolicies() throws {
        let source = "<r><i id='a'>1</i><i id='a'>2</i><i>3</i></r>"
        func ids(_ policy: IDPolicy) throws -> [String] {
            try read(source) {
                $0.records = ["i"]
                $0.fields = ["id": "@id"]
                $0.ids = policy
            }.order
        }
        #expect(try ids(IDPolicy()) == ["+file.xml#a", "!id", "+file.xml#3"])
        #expect(try ids(IDPolicy(form: .record, duplicates: .first)) == ["+a", "!id"])
        #expect(try ids(IDPolicy(form: .record, duplicates: .last, prefix: "p")) == ["+p/a", "+p/a", "!id"])
    }

    @Test func receiverErrorsEndTheReading() throws {
        struct Enough: Error {}
        let folder = try TemporaryFolder()
        try folder.write("a.txt", "a")
        try folder.write("b.txt", "b")
        var count = 0
        #expect(throws: Enough.self) {
            try DocumentSourceReader(SourceDefinition(path: folder.path.string)).forEachDocument { _ in
                count += 1
                throw Enough()
            }
        }
        #expect(count == 1)
    }

    @Test func transformedAttributesInsideTransformedElements() throws {
        let source = "<r><content>hello &lt;i&gt;big&lt;/i&gt; <img alt=\"cat\"/>world</content></r>"
        let outcome = try read(source) {
            $0.fields["text"] = FieldMapping(["content", "content//img/@alt"], transform: .html)
        }
        #expect(outcome.documents.first?.text == "cat\n\nhello big world")
        #expect(outcome.documents.first?.coverage.isComplete == true)
    }

    @Test func spacePreservedAboveTheRecord() throws {
        let source = """
            <r xml:space='preserve'><i>a  b</i><g xml:space='default'><i>c  d</i></g>
            <i xml:space='default'>e  f</i></r>
            """
        #expect(
            try read(source) { $0.records = ["i"] }.documents.map(\.text) == ["a  b", "c d", "e f"])
    }

    @Test(arguments: [
        ("p[@t!='y']", ["c"]), ("p[@*='2']", ["b"]), ("p[@*!='2']", ["b", "c"]), ("p[@*]", ["b", "c"]),
    ])
    func predicates(_ path: String, _ texts: [String]) throws {
        let source = "<r><p>a</p><p t='y' u='2'>b</p><p t='z'>c</p></r>"
        #expect(try read(source) { $0.records = [path] }.documents.map(\.text) == texts)
    }

    @Test func pathsThatMeanNothingAreRefused() throws {
        for path in [".//@id", "//@id", "a//@id"] {
            let outcome = try read("<r>x</r>") { $0.fields["note"] = FieldMapping([path]) }
            #expect(outcome.failures.map(\.code) == [.definition])
            #expect(outcome.failures.first?.message.contains("not supported") == true)
        }
        for path in ["//i/@id", "."] {
            #expect(throws: DocumentFailure.self) { try read("<r>x</r>") { $0.records = [path] } }
        }
    }
}
