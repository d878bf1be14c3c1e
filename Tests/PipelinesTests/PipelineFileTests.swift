import Documents
import Foundation
import SystemPackage
import Testing
import Yams

@testable import Pipelines

/// Reads `text` as the file `p.yaml` in `/data`, with `/home/u` as the home directory.
func definition(_ text: String) throws(PipelinesError) -> PipelineDefinition {
    try PipelineFile.parse(text, file: "p.yaml", base: "/data", home: "/home/u")
}

/// The problems of `text`, or none when it is accepted.
func problems(_ text: String) -> [String] {
    do throws(PipelinesError) {
        _ = try definition(text)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct PipelineFileTests {
    static let small = """
        name: manuals
        store: store
        sources: [{ path: "*.md" }]

        """

    @Test func aFullFileIsRead() throws {
        let pipeline = try definition(
            """
            name: manuals
            store: ~/pharos/manuals            # relative to this file
            model: bundled
            weights: bf16
            sources:
              - path: ../Samples/manuals/**/*.md
              - path: ../Samples/bulletins.xml.gz
                profile: generic-xml
                record: //bulletin
                fields: { id: "@id", title: head/title, text: [summary, body], date: "@date" }
                id: record
            compression: { ratio: 16, fine: 2, segment: 4 windows, window: 512, values: f16, zstd: 19 }
            context: { choose: windows, beacons: 512, top: 3 }
            questions: ../Samples/questions.jsonl
            answers: answers.jsonl
            schedule: { cron: "0 2 * * *", zone: Europe/Berlin, missed: run-all, overlap: queue, jitter: 90s }
            limits: { document-bytes: 1.5MiB, entity-expansion: 20 }
            retention: { store-bytes: 10GB, free-space: 1GiB, keep: 30d }
            """)
        #expect(pipeline.store == "/home/u/pharos/manuals")
        #expect(pipeline.weights == .bf16)
        #expect(pipeline.sources.map(\.path) == ["/Samples/manuals/**/*.md", "/Samples/bulletins.xml.gz"])
        #expect(pipeline.sources[1].fields["text"] == FieldMapping(["summary", "body"]))
        #expect(pipeline.sources[1].record == ["//bulletin"])
        #expect(pipeline.sources[1].ids.form == .record)
        #expect(pipeline.compression.ratio == .fixed(16))
        #expect(pipeline.compression.segment == .windows(4))
        #expect(pipeline.compression.window == 512)
        #expect(pipeline.context.choose == .windows)
        #expect(pipeline.answers == "/data/answers.jsonl")
        #expect(pipeline.schedule?.zone == "Europe/Berlin")
        #expect(pipeline.schedule?.jitter == .seconds(90))
        #expect(pipeline.limits.documentBytes.bytes == 3 << 19)
        #expect(pipeline.retention.storeBytes?.bytes == 10_000_000_000)
        #expect(pipeline.retention.keep == .seconds(30 * 86_400))
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let expected = PipelineDefinition(
            name: "manuals", store: "/data/store", sources: [SourceEntry(path: "/data/*.md")])
        #expect(try definition(Self.small) == expected)
    }

    @Test func relativePathsStayRelativeToTheFile() throws {
        let pipeline = try PipelineFile.parse(
            Self.small, file: "Pipelines/p.yaml", base: "Pipelines", home: nil)
        #expect(pipeline.store == "Pipelines/store")
    }

    @Test(arguments: [
        ("8", CompressionRatio.fixed(8)), ("adaptive", .adaptive), ("[2, 4]", .sequence([2, 4])),
    ])
    func ratiosAreRead(_ text: String, _ ratio: CompressionRatio) throws {
        #expect(try definition(Self.small + "compression: { ratio: \(text) }").compression.ratio == ratio)
    }

    @Test func allProblemsAreReportedAtOnceInTheOrderOfTheFile() {
        let found = problems(
            """
            name: "a b"
            modle: bundled
            sources:
              - path: x.md
                recrod: //a
              - profile: generic-xlm
            compression:
              ratoi: 8
              zstd: 30
              values: flaot16
            context: { beacons: many }
            schedule: { cron: "0 25 * * *", zone: Europe/Berlim }
            limits: 3
            """)
        let known = Profile.builtIn.map(\.name).sorted().joined(separator: ", ")
        #expect(
            found.map { $0.replacing(known, with: "KNOWN") } == [
                "p.yaml:1:1: missing key 'store' in the pipeline: The directory of caches, texts and the catalog, "
                    + "relative to this file.",
                "p.yaml:1:7: name: expected a name of 1 to 64 letters, digits, '.', '_' or '-' that starts with a "
                    + "letter or digit, found 'a b'",
                "p.yaml:2:1: unknown key 'modle' in the pipeline; did you mean 'model'?",
                "p.yaml:5:5: unknown key 'recrod' in a source; did you mean 'record'?",
                "p.yaml:6:5: missing key 'path' in a source: The files: a path or a glob, relative to this file.",
                "p.yaml:6:14: sources[1].profile: expected one of the profiles KNOWN, or a path that ends in .yaml, found 'generic-xlm'; did you mean "
                    + "'generic-xml'?",
                "p.yaml:8:3: unknown key 'ratoi' in compression; did you mean 'ratio'?",
                "p.yaml:9:9: compression.zstd: expected an integer from 1 to 19, found '30'",
                "p.yaml:10:11: compression.values: expected f32, f16, int8 or int4, found 'flaot16'",
                "p.yaml:11:21: context.beacons: expected an integer from 1 to 16777216, found 'many'",
                "p.yaml:12:19: schedule.cron: cron field 'hour' holds '25', expected *, or numbers from 0 to 23",
                "p.yaml:12:39: schedule.zone: unknown time zone 'Europe/Berlim', expected an IANA name such as "
                    + "Europe/Berlin; did you mean 'Europe/Berlin'?",
                "p.yaml:13:9: limits: expected a mapping with keys such as 'document-bytes', found '3'",
            ])
    }

    @Test(arguments: [
        ("compression: { ratio: 8, fine: 8 }", "4:32: compression.fine: expected a ratio below"),
        (
            "compression: { ratio: 1 }",
            "4:23: compression.ratio: expected an integer from 2 to 32, 'adaptive', or a list"
        ),
        ("compression: { ratio: \"8\" }", "4:23: compression.ratio: expected"),
        ("compression: { ratio: [] }", "found a list of 0"),
        ("compression: { ratio: [2, 1] }", "4:27: compression.ratio[1]: expected"),
        ("compression: { zstd: 010 }", "found '010'"),
        ("compression: { zstd: 99999999999999999999 }", "expected an integer from 1 to 19"),
        (
            "compression: { segment: 0 windows }",
            "compression.segment: expected 'document' or a number of windows"
        ),
        ("answers: a.jsonl", "4:10: answers: found a file for answers without 'questions'"),
        ("model: @x", "4:8: not YAML: found character that cannot start any token; put quotes around"),
        ("questions:", "4:1: key 'questions' in the pipeline has no value"),
        ("questions: [a]", "questions: expected a text on one line, found a list"),
        ("limits: { document-bytes: 10XB }", "limits.document-bytes: expected a size"),
        ("limits: { document-bytes: 99999999TiB }", "limits.document-bytes: expected a size"),
        (
            "limits: { document-bytes: 1025MiB }",
            "limits.document-bytes: expected a size from 1 to 1GiB, such as 64MiB or 200MB, found '1025MiB'"
        ),
        ("limits: { depth: 1001 }", "limits.depth: expected an integer from 1 to 1000, found '1001'"),
        ("schedule: { zone: UTC }", "4:11: missing key 'cron' in schedule"),
        ("schedule: { cron: \"@dialy\" }", "did you mean '@daily'?"),
        ("schedule: { cron: \"* * * *\" }", "has 5 fields"),
        ("schedule: { cron: \"@daily\", timeout: 0 }", "expected a duration from 1s to 3650d"),
        ("model: ~other/model", "names another user's home"),
        ("model: \"a\\u0000b\"", "expected a text on one line"),
        ("retention: { keep: 3 weeks }", "expected a duration"),
        ("? [a, b]\n: c", "expected the name of a key, found a list"),
        ("name: again", "p.yaml:4:1: duplicate key 'name'"),
        ("questions: q.jsonl\nanswers: x.md", "5:10: answers: would write over a file of the sources"),
        (
            "questions: q.jsonl\nanswers: store/catalog.sqlite",
            "answers: would write over a file of the store"
        ),
        ("questions: q.jsonl\nanswers: ./p.yaml", "answers: would write over the pipeline file"),
    ])
    func aBadValueIsNamedWithItsPlace(_ line: String, _ message: String) {
        let found = problems(Self.small + line)
        #expect(found.contains { $0.contains(message) && $0.hasPrefix("p.yaml:") }, "\(found)")
    }

    @Test func aProfileMayBeAFile() throws {
        let pipeline = try definition(
            "\u{FEFF}name: a\nstore: s\nsources: [{ path: x, profile: profiles/mine.yaml }]")
        #expect(pipeline.sources[0].profile == "/data/profiles/mine.yaml")

        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { _ = try? FileManager.default.removeItem(at: root) }
        let path = FilePath(root.path())
        let profile = try Profile.named("mediawiki")
        try YAMLEncoder().encode(profile).write(to: root, atomically: true, encoding: .utf8)
        #expect(try ProfileFile.read(path) == profile)
        try "name: mine\n".write(to: root, atomically: true, encoding: .utf8)
        #expect(throws: PipelinesError.self) { try ProfileFile.read(path) }
    }

    @Test func aFieldMaySayMoreThanItsPath() throws {
        let fields =
            "{ text: { paths: [summary, body], choose: last, transform: html }, title: [head/title, \"@name\"] }"
        let pipeline = try definition("name: a\nstore: s\nsources: [{ path: x, fields: \(fields) }]")
        #expect(
            pipeline.sources[0].fields == [
                "text": FieldMapping(["summary", "body"], choose: .last, transform: .html),
                "title": FieldMapping(["head/title", "@name"]),
            ])
        let wrong = "{ text: { path: body } }"
        #expect(
            problems("name: a\nstore: s\nsources: [{ path: x, fields: \(wrong) }]") == [
                "p.yaml:3:38: missing key 'paths' in a field: Where the value is found, from the record on.",
                "p.yaml:3:40: unknown key 'path' in a field; did you mean 'paths'?",
            ])
    }

    @Test func aSourceWrittenTwiceIsReported() {
        let found = problems("name: a\nstore: s\nsources:\n  - path: x\n  - path: x\n")
        #expect(found == ["p.yaml:5:5: sources[1]: the same as sources[0]; drop one of them"])
    }

    @Test func aMissingFileIsNamed() {
        #expect {
            try PipelineFile.read("/no/such/file.yaml", environment: [:])
        } throws: { error in
            guard let error = error as? PipelinesError else { return false }
            return error.code == .unreadableConfiguration && error.message.contains("No such file")
                && error.context["path"] == "/no/such/file.yaml"
        }
    }

    @Test func aDirectoryIsRefused() {
        #expect(throws: PipelinesError.self) { try PipelineFile.read("/", environment: [:]) }
    }
}
