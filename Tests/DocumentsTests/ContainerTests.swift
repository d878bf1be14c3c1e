import Documents
import SystemPackage
import Testing

@Suite struct ContainerTests {
    @Test func tarInGzip() throws {
        let outcome = try Outcome(SourceDefinition(path: fixture("nested.tar.gz")))
        #expect(
            outcome.documents.map(\.id).sorted()
                == ["d/a.txt", "d/b.xml", "d/c.txt.gz"].map { "nested.tar.gz!" + $0 })
        #expect(outcome.failures.map(\.member) == ["d/e.xml"])
        #expect(outcome.failures[0].description.contains("nested.tar.gz(d/e.xml):1:"))
    }

    @Test func zipWithArchivesInside() throws {
        let outcome = try Outcome(SourceDefinition(path: fixture("mixed.zip")))
        #expect(outcome.documents.map(\.id).contains("mixed.zip!../../etc/passwd"))
        #expect(outcome.documents.map(\.id).contains("mixed.zip!inner/nested.tar.gz/d/c.txt.gz"))
        #expect(outcome.documents.contains { $0.source.member == "läsmig.txt" })
        #expect(outcome.documents.count == 5)
        let chosen = try Outcome(SourceDefinition(path: fixture("mixed.zip"), members: "*.txt"))
        #expect(chosen.documents.map(\.text) == ["Hej"])
    }

    @Test func booksInTheOrderOfTheirSpine() throws {
        let outcome = try Outcome(SourceDefinition(path: fixture("quay.epub")))
        #expect(
            outcome.documents.map(\.id) == ["quay.epub!OEBPS/text/one a.xhtml", "quay.epub!OEBPS/two.xhtml"])
        #expect(outcome.documents.map(\.title) == ["First", "Second"])
        #expect(outcome.documents[1].text == "Second\n\nTwo\u{A0}b.")
        #expect(outcome.documents[0].metadata["book"] == "The Quay")
        #expect(outcome.documents[0].metadata["creator"] == "Ann")
        #expect(outcome.failures.map(\.code) == [.container])
        #expect(try Detector.detect(FilePath(fixture("quay.epub"))).profile == "epub")
    }

    /// The package document says what is text, not the names of members; browsers show chapters that are not well-formed.
    @Test func chaptersOfAnyNameAndForm() throws {
        let outcome = try Outcome(SourceDefinition(path: fixture("pier.epub")))
        #expect(
            outcome.documents.map(\.text) == ["The cover.", "The pier is long.", "Fish & chips\nat noon."])
        #expect(outcome.documents.map(\.title) == ["Cover", "One", "Two"])
        #expect(outcome.documents.map(\.warnings.count) == [0, 0, 1])
        #expect(outcome.documents[2].warnings[0].hasSuffix("; read as HTML"))
        #expect(outcome.failures.map(\.message) == ["the spine names “OEBPS/cover.png”, which is no text"])
        #expect(outcome.documents.allSatisfy { $0.coverage.isComplete })
    }

    @Test func aChapterThatTheSpineRepeatsIsReadOnce() throws {
        let items = ["a", "b"].map {
            "<item id=\"\($0)\" href=\"\($0).xhtml\" media-type=\"application/xhtml+xml\"/>"
        }
        let spine = ["a", "b", "a", "a"].map { "<itemref idref=\"\($0)\"/>" }
        let chapter = "<html><body><p>The pier.</p></body></html>"
        let book = zip([
            ("META-INF/container.xml", "<container><rootfile full-path=\"book.opf\"/></container>"),
            (
                "book.opf",
                "<package><manifest>\(items.joined())</manifest><spine>\(spine.joined())</spine></package>"
            ),
            ("a.xhtml", chapter), ("b.xhtml", chapter),
        ])
        #expect(try read(book, name: "c.epub").order == ["+c.epub!a.xhtml", "+c.epub!b.xhtml"])
    }

    @Test func bytesInMemoryAreReadAsAFileIs() throws {
        for name in ["mixed.zip", "nested.tar.gz", "quay.epub", "crane.md"] {
            let bytes = try fixtureBytes(name)
            let file = try read(bytes, name: name)
            let memory = try Outcome(SourceDefinition(path: name, content: bytes))
            #expect(memory.order == file.order)
            #expect(memory.documents.map(\.text) == file.documents.map(\.text))
            #expect(memory.documents.map(\.sourceMap) == file.documents.map(\.sourceMap))
        }
    }

    @Test func caps() throws {
        var limits = DocumentLimits()
        limits.nesting = 1
        #expect(
            try Outcome(SourceDefinition(path: fixture("nested.tar.gz")), limits: limits).order == ["!limit"])
        limits = DocumentLimits()
        limits.members = 2
        #expect(
            try Outcome(SourceDefinition(path: fixture("nested.tar.gz")), limits: limits).order.last
                == "!limit")
        limits = DocumentLimits()
        limits.totalBytes = 9
        #expect(
            try Outcome(SourceDefinition(path: fixture("mixed.zip")), limits: limits).order.contains("!limit")
        )
        limits = DocumentLimits()
        limits.memberBytes = 5
        #expect(
            try Outcome(SourceDefinition(path: fixture("mixed.zip")), limits: limits).failures.allSatisfy {
                $0.code == .limit
            })
    }

    @Test func aBombIsRefusedByItsRatio() throws {
        let outcome = try Outcome(SourceDefinition(path: fixture("zeros.txt.gz")))
        #expect(outcome.order == ["!limit"])
        #expect(outcome.failures[0].message.contains("compression-ratio"))
    }

    @Test func cutShortEverywhere() throws {
        for name in [
            "nested.tar.gz", "mixed.zip", "quay.epub", "bulletins.streams.xml.xz",
            "bulletins.streams.xml.bz2", "bulletins.frames.xml.zst",
        ] {
            let whole = try fixtureBytes(name)
            for length in stride(from: 0, to: whole.count, by: max(whole.count / 23, 1)) {
                let outcome = try read(Array(whole.prefix(length)), name: name)
                #expect(!outcome.failures.isEmpty, "\(name) cut at \(length)")
            }
        }
    }

    @Test func bytesFlippedEverywhere() throws {
        for name in [
            "nested.tar.gz", "mixed.zip", "quay.epub", "bulletins.streams.xml.xz",
            "bulletins.streams.xml.bz2", "bulletins.frames.xml.zst",
        ] {
            let whole = try fixtureBytes(name)
            for at in stride(from: 0, to: whole.count, by: max(whole.count / 61, 1)) {
                var bytes = whole
                bytes[at] ^= 0x5A
                _ = try read(bytes, name: name)
            }
        }
    }
}
