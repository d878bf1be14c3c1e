import Documents
import Pipelines
import Testing

@testable import PharosCommand

@Suite struct OutputTests {
    private struct Sample: Encodable {
        var name: String
        var share: Double
        var path: String?
    }

    @Test func aLineIsSortedAndNamesItsTypeAndSchema() throws {
        let line = try JSONLines.line("document", Sample(name: "a/b\n\"c\"", share: 0.1, path: nil))
        #expect(line == #"{"name":"a/b\n\"c\"","schema":1,"share":0.1,"type":"document"}"# + "\n")
    }

    /// The same line as the encoder's, whatever stands in it.
    @Test(arguments: ["", "plain", "\"quoted\" \\ \u{1}\u{1F}\n\t\r\u{8}\u{c}", "港灣 /\u{7f}\u{2028}\nzwei"])
    func documentsAreWrittenAsTheEncoderWritesThem(_ text: String) throws {
        var coverage = Coverage()
        for name in ["b", "B", "a10", "a9", "é", "z\u{301}", "(markup)", "\"", "名"] {
            coverage.leftOut[name] = Coverage.LeftOut(elements: 1, characters: 3)
        }
        for (member, path) in [(nil, "/r/p[2]"), ("in/a.xml", nil)] as [(String?, String?)] {
            let source = DocumentSource(
                file: "a.tar", member: member, line: 3, path: path, bytes: path.map { 4..<$0.utf8.count })
            let document = Document(
                id: "a.tar#\(text)", title: path, metadata: ["text": "", "Name": text, "10": "x", "9": "é"],
                text: text, source: source, sourceMap: SourceMap(identityOf: text.utf8.count),
                coverage: coverage, warnings: member.map { [$0, text] } ?? [])
            for withMap in [false, true] {
                let line = DocumentLine(document, withMap: withMap)
                let sink = BufferSink()
                try JSONLines(sink).write(line)
                #expect(sink.text == (try JSONLines.line("document", line)))
            }
        }
    }

    @Test func questionsWithoutAnAnswerAreCounted() throws {
        var outcome = QuestionBatch.Outcome()
        outcome.asked = 1
        #expect(outcome.status == nil)
        outcome.note(.someDocumentsFailed)
        outcome.note(.integrity)
        outcome.note(.someDocumentsFailed)
        #expect(outcome.status == .integrity)
        let summary = RunSummary(
            collection: "logs", report: RunReport(), sourceBytes: 0, seconds: 1, questions: outcome,
            questionSeconds: 2)
        #expect(summary.text.contains("4 in 2.00 s, 3 without an answer"))
        #expect(try JSONLines.line("summary", summary).contains(#""unanswered":3"#))
    }

    @Test func numbersThatJSONLacksAreWords() throws {
        let line = try JSONLines.line("x", Sample(name: "", share: .nan, path: "p"))
        #expect(line == #"{"name":"","path":"p","schema":1,"share":"nan","type":"x"}"# + "\n")
    }

    @Test func columnsAreAligned() {
        var table = TextTable([.init("document"), .init("tokens", .right), .init("action")])
        table.add(["manual", "12", "compress"])
        table.add(["港灣\u{7}記", "1,234", ""])
        #expect(
            table.text == """
                document  tokens  action
                manual        12  compress
                港灣 記    1,234

                """)
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1536, "1.50 KiB"), (64 << 20, "64.0 MiB"),
        (1_048_575, "1.00 MiB"), (-2048, "-2.00 KiB"), (Int.max, "8.00 EiB"), (Int.min, "-8.00 EiB"),
    ])
    func bytesAreShort(_ number: Int, _ text: String) { #expect(HumanFormat.bytes(number) == text) }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"),
        (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func countsHaveCommas(_ number: Int, _ text: String) { #expect(HumanFormat.count(number) == text) }

    @Test(arguments: [
        (0, "0 s"), (420, "0.42 s"), (12_345, "12.3 s"), (59_960, "1 min 00 s"), (125_000, "2 min 05 s"),
        (12_000_000, "3 h 20 min"), (352_800_000, "4 d 02 h"),
    ])
    func durationsShowTwoUnits(_ milliseconds: Int, _ text: String) {
        #expect(HumanFormat.duration(.milliseconds(milliseconds)) == text)
    }

    @Test(arguments: [
        (0, 7, "0 %"), (7, 7, "100 %"), (1, 3, "33.3 %"), (1, 1_000_000, "0.1 %"),
        (999_999, 1_000_000, "99.9 %"), (1, 0, "0 %"),
    ])
    func aPartIsNeverNoneOrAll(_ part: Int, _ whole: Int, _ text: String) {
        #expect(HumanFormat.percent(part, of: whole) == text)
    }

    @Test(arguments: [
        (0.0, "0"), (0.42, "0.42"), (12.34, "12.3"), (999.6, "1,000"), (54_321, "54,321"), (.nan, "0"),
    ])
    func ratesAreShort(_ rate: Double, _ text: String) { #expect(HumanFormat.rate(rate) == text) }
}
