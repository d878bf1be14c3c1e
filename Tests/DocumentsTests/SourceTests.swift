import Documents
import Glibc
import SystemPackage
import Testing

@Suite struct SourceTests {
    @Test func filesComeInTheOrderOfTheirBytes() throws {
        let folder = try TemporaryFolder()
        for name in ["b.md", "a/z.md", "a.md", "a/b/c.md", "a-b.md", "Z.md", ".hidden.md", "c.txt"] {
            try folder.write(name, "text of \(name)")
        }
        func names(_ pattern: String) throws -> [String] {
            try PathGlob(folder.path.string + "/" + pattern).files().map(\.name)
        }
        #expect(try names("**/*.md") == ["Z.md", "a-b.md", "a.md", "a/b/c.md", "a/z.md", "b.md"])
        #expect(try names("*.md") == ["Z.md", "a-b.md", "a.md", "b.md"])
        #expect(try names("a/**") == ["b/c.md", "z.md"])
        #expect(try names("a/*.md") == ["z.md"])
        #expect(try names("?.[mt]*") == ["Z.md", "a.md", "b.md", "c.txt"])
        #expect(try names("") == ["Z.md", "a-b.md", "a.md", "a/b/c.md", "a/z.md", "b.md", "c.txt"])
        #expect(try names("**/.*.md") == [".hidden.md"])
        #expect(throws: DocumentFailure.self) { try names("missing.md") }
    }

    @Test func filesThatCannotBeNamedAreTold() throws {
        let folder = try TemporaryFolder()
        try folder.write("good.txt", "text")
        // 0xFF is in no UTF-8.
        let name: [CChar] =
            Array(folder.path.string.utf8CString.dropLast()) + [0x2F, -1, 0x2E, 0x74, 0x78, 0x74, 0]
        let file = try #require(fopen(name, "w"))
        fclose(file)
        let found = try PathGlob(folder.path.string).files()
        #expect(found.map { $0.problem?.code } == [.unreadable, nil])
        var failures: [DocumentFailure] = []
        var ids: [String] = []
        try DocumentSourceReader(SourceDefinition(path: folder.path.string)).forEachDocument {
            switch $0 {
            case .document(let document): ids.append(document.id)
            case .failure(let failure): failures.append(failure)
            case .deletion, .skipped: break
            }
        }
        #expect(ids == ["good.txt"] && failures.count == 1)
    }

    /// Opening a pipe waits for whoever writes to it, for ever.
    @Test func pipesAreRefused() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path.string + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let failure = #expect(throws: DocumentFailure.self) { try SourceDefinition(path: pipe).files() }
        #expect(failure?.code == .unreadable && failure?.message.contains("'-' is standard input") == true)
        #expect(try SourceDefinition(path: folder.path.string).files().isEmpty)
    }

    @Test func namesThatAreThereAreNoPatterns() throws {
        let folder = try TemporaryFolder()
        for name in ["a[1].md", "a1.md", "b[2]/c*.md", "b[2]/cd.md", "b2/e.md"] {
            try folder.write(name, "text of \(name)")
        }
        func names(_ path: String) throws -> [String] {
            try SourceDefinition(path: folder.path.string + "/" + path).files().map(\.name)
        }
        #expect(try names("a[1].md") == ["a[1].md"])
        #expect(try names("a[01].md") == ["a1.md"])
        #expect(try names("b[2]/*.md") == ["c*.md", "cd.md"])
        #expect(try names("b[2]/c*.md") == ["c*.md"])
        #expect(try names("b[2]") == ["c*.md", "cd.md"])
        #expect(try names("b[0-9]/*.md") == ["b2/e.md"])
    }

    @Test func storesAreNoSources() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.txt", "text")
        try folder.write("store/pharos.json", "{}")
        try folder.write("store/objects/ab/x.zst", "cache")
        #expect(try PathGlob(folder.path.string).files().map(\.name) == ["a.txt"])
    }

    @Test func detection() throws {
        let folder = try TemporaryFolder()
        func profile(_ name: String, _ text: String) throws -> String {
            try Detector.detect(FilePath(folder.write(name, text))).profile
        }
        #expect(try profile("a.md", "x") == "markdown")
        #expect(try profile("a", "---\ntitle: x\n---\n") == "markdown")
        #expect(try profile("a", "plain") == "text")
        #expect(try profile("a.txt", "<?xml version='1.0'?><x/>") == "generic-xml")
        #expect(try profile("README.md", "<p align=center>x</p>") == "markdown")
        #expect(try profile("a.log", "<ann> hello") == "text")
        #expect(try profile("a", "<ann> hello</ann>") == "generic-xml")
        #expect(try profile("a", "<ann> 1 < 2") == "text")
        #expect(try profile("a.xml", "<x>1 < 2") == "generic-xml")
        #expect(try profile("a.html", "<div><br></div>") == "html")
        #expect(try profile("a", "<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'><html><p>x") == "html")
        #expect(try profile("a.json", "<ann>") == "json")
        #expect(try Detector.detect(FilePath(fixture("bulletins.members.xml.gz"))).profile == "generic-xml")
    }

    @Test func badFilesDoNotEndTheRun() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.xml", "<a>")
        try folder.write("b.txt", "fine")
        try folder.write("c.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF])
        try folder.write("d.txt", "")
        try folder.write("e.xml.gz", Array(try fixtureBytes("bulletins.members.xml.gz").prefix(200)))
        let outcome = try Outcome(SourceDefinition(path: folder.path.string))
        #expect(outcome.order == ["!malformed", "+b.txt", "!container", "!empty", "!container"])
        #expect(outcome.failures.allSatisfy { $0.file != nil })
        #expect(outcome.summary.failures == 4)
    }

    @Test func limitsOfDocuments() throws {
        var limits = DocumentLimits()
        limits.documentBytes = 100
        let long = String(repeating: "word ", count: 50)
        #expect(try read(long, name: "a.txt", limits: limits).failures[0].code == .limit)
        let outcome = try read("<r><i>\(long)</i><i>short</i></r>", limits: limits) { $0.records = ["i"] }
        #expect(outcome.order == ["!limit", "+file.xml#2"])
        #expect(outcome.failures[0].line == 1)
    }
}
