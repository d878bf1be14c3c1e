import Documents
import SystemPackage
import Testing

/// Bytes that are no text, archives that are none, members of one name: told, never passed over.
@Suite struct DamageTests {
    static let damaged: [(String, [UInt8])] = [
        ("a.xml", bytes("<r>a?b</r>")),
        ("a.html", bytes("<html><body><p>ééé ééé ééé ééé a?b</p></body></html>")),
        ("a.csv", bytes("text\na?b\n")), ("a.jsonl", bytes("{\"text\": \"a?b\"}\n")),
        ("a.json", bytes("[{\"text\": \"a?b\"}]")), ("a.txt", bytes("a?b")), ("a.md", bytes("a?b")),
    ]

    /// The text with a byte that is no UTF-8 in the place of each question mark.
    private static func bytes(_ text: String) -> [UInt8] { text.utf8.map { $0 == 0x3F ? 0xFF : $0 } }

    @Test(arguments: damaged.indices) func undecodableBytesAreReported(_ at: Int) throws {
        let (name, bytes) = Self.damaged[at]
        let outcome = try read(bytes, name: name) {
            $0.encoding = "UTF-8"
            $0.undecodable = .deadLetter
        }
        #expect(outcome.documents.map { $0.text.hasSuffix("a\u{FFFD}b") } == [true])
        #expect(outcome.failures.map(\.code) == [.encoding])
        #expect(outcome.failures.map(\.byteOffset) == [bytes.firstIndex(of: 0xFF)])
        #expect(outcome.failures.first?.message == "1 undecodable byte sequences in UTF-8 were replaced")
        let replaced = try read(bytes, name: name) {
            $0.encoding = "UTF-8"
            $0.undecodable = .replace
        }
        #expect(replaced.failures.isEmpty)
        #expect(replaced.documents.first?.warnings.contains { $0.contains("undecodable") } == true)
    }

    /// The report of a file that fails in the end comes before its failure.
    @Test func undecodableBytesOfAFileThatFails() throws {
        let outcome = try read(Self.bytes("<r><i>a?b</i><i>c</j></r>")) {
            $0.records = ["i"]
            $0.undecodable = .deadLetter
        }
        #expect(outcome.order == ["+file.xml#1", "!encoding", "!malformed"])
    }

    /// What stands behind each document, read from its checkpoint.
    private func rests(_ archive: [UInt8], _ name: String, _ duplicates: IDPolicy.Duplicates) throws
        -> [[String]]
    {
        let folder = try TemporaryFolder()
        var definition = SourceDefinition(path: try folder.write(name, archive))
        definition.ids.duplicates = duplicates
        let reader = DocumentSourceReader(definition)
        let files = try PathGlob(definition.path).files()
        var checkpoints: [ReadCheckpoint?] = [nil]
        try reader.forEachDocument(in: files, after: nil) { result, position in
            if case .document = result { checkpoints.append(position.checkpoint()) }
        }
        return try checkpoints.map { checkpoint in
            var texts: [String] = []
            try reader.forEachDocument(in: files, after: checkpoint) { result, _ in
                if case .document(let document) = result { texts.append(document.text) }
            }
            return texts
        }
    }

    @Test func goingOnAmongMembersOfOneName() throws {
        let twice = tar([("a.txt", "one"), ("b.txt", "two"), ("a.txt", "three"), ("c.txt", "four")])
        let texts = ["one", "two", "three", "four"]
        #expect(try rests(twice, "a.tar", .last) == (0...4).map { Array(texts[$0...]) })
        let rows = tar([("a.csv", "text\none\ntwo\n"), ("a.csv", "text\nthree\n"), ("b.txt", "four")])
        #expect(try rests(rows, "a.tar", .last) == (0...4).map { Array(texts[$0...]) })
    }

    @Test func goingOnInABook() throws {
        func page(_ text: String) -> String {
            "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>\(text)</p></body></html>"
        }
        let book = tar([
            (
                "a.opf",
                """
                <package xmlns='http://www.idpf.org/2007/opf'><manifest><item id='a' href='a.xhtml'/>
                <item id='b' href='b.xhtml'/></manifest><spine><itemref idref='a'/><itemref idref='b'/></spine>
                </package>
                """
            ), ("a.xhtml", page("one")), ("b.xhtml", page("two")),
        ])
        #expect(try rests(book, "x.epub", .error) == [["one", "two"], ["two"], []])
        let chosen = try read(book, name: "x.epub") { $0.members = "b*" }
        #expect(chosen.documents.map(\.text) == ["two"])
        let none = try read(book, name: "x.epub") { $0.members = "c*" }
        #expect(none.failures.map(\.message) == ["no chapter of the book, 2 of them, matches “c*”"])
    }

    @Test func membersOfWhatIsNoArchive() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.txt", "text")
        try folder.write("b.tar", tar([("x.txt", "x"), ("y.md", "y")]))
        for path in [folder.path.string, folder.path.appending("a.txt").string] {
            var definition = SourceDefinition(path: path)
            definition.members = "*.txt"
            let outcome = try Outcome(definition)
            #expect(outcome.failures.map(\.code) == [.container])
            #expect(outcome.failures.first?.message.contains("not an archive") == true)
            #expect(outcome.failures.first?.message.contains("“*.txt”") == true)
        }
    }

    /// Text may begin as archives do.
    @Test(arguments: [
        "PK\u{3}\u{4} is how zip files start, and this is text.\n",
        "PK\u{5}\u{6} is how they may start, too.\n",
        String(repeating: "x", count: 256) + " ustar " + String(repeating: "words ", count: 60),
        "Rar! said the bird.\n", "7z\u{BC} is how others start.\n",
    ]) func textThatLooksLikeAnArchive(_ text: String) throws {
        let outcome = try read(text, name: "a.txt")
        #expect(outcome.documents.count == 1, "\(outcome.failures)")
        #expect(outcome.documents.first?.text.hasSuffix(text.suffix(10)) == true)
    }

    @Test func damagedArchivesAreNoText() throws {
        var archive = tar([("a.txt", "text")])
        archive[0] = 0x62
        #expect(try read(archive, name: "a.tar").failures.map(\.code) == [.container])
    }

    static let page = """
        <html><head><title>A <b> title</title></head><body title='a </body> b'><p title="x > </body> y">one</p>
        <textarea>x </body> <i>y</i> &amp; z</textarea><!-- </body> > --><script>'</body>' < 1</script>
        <p>two</p></body></html> three
        """

    /// Only the end tag of the body itself is none of the text; in a `<textarea>` there are no tags.
    @Test func endTagsOfTheBodyThatAreNone() throws {
        let outcome = try read(Self.page, name: "a.html")
        let document = try #require(outcome.documents.first)
        #expect(document.text == "one\n\nx </body> <i>y</i> & z\n\ntwo\n\nthree")
        #expect(document.title == "A <b> title")
        #expect(outcome.summary.coverage.isComplete)
        try checkMap(document, Array(Self.page.utf8))
        let escaped = Self.page.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let inside = try read("<r><body>\(escaped)</body></r>") {
            $0.records = ["r"]
            $0.fields = ["text": FieldMapping(["body"], transform: .html)]
        }
        #expect(inside.documents.first?.text == "one\n\nx </body> <i>y</i> & z\n\ntwo\n\nthree")
    }

    /// Wherever the page is cut, it reads the same.
    @Test func tagsAcrossChunks() throws {
        let chunk = 128 << 10
        for cut in stride(from: 0, to: Self.page.utf8.count, by: 3) {
            let padding = "<!-- " + String(repeating: "x", count: chunk - cut - 9) + " -->"
            let text = padding + Self.page
            let document = try #require(try read(text, name: "a.html").documents.first)
            #expect(document.text == "one\n\nx </body> <i>y</i> & z\n\ntwo\n\nthree", "cut at \(cut)")
        }
    }

    @Test func attributesOfHTMLAreCounted() throws {
        let many = (0..<5000).map { "a\($0)" }.joined(separator: " ")
        let outcome = try read("<html><body><p>one</p><p \(many)>two</p></body></html>", name: "a.html")
        #expect(outcome.failures.map(\.code) == [.limit])
        #expect(outcome.failures.first?.message.contains("attributes") == true)
        // The tag was not parsed: the parser stands before it.
        #expect(outcome.failures.first?.byteOffset == 22)
    }
}
