import Evaluation
import Foundation
import FoundationXML
import SystemPackage
import Testing

@Suite struct PictureTests {
    private static func report() async throws -> QuestionAnsweringReport {
        let items = (0..<4).map { index in
            QuestionItem(
                id: "<\(index)>", documentID: "d\(index)",
                document: String(repeating: "a & b ", count: 1 << (index * 2)),
                question: "Q?", answers: ["a"])
        }
        let settings = QuestionAnswering.Settings(modes: [.full, .ratio(2), .ratio(4), .ratio(8), .adaptive])
        return try await QuestionAnswering(
            settings: settings, source: ReadingAnswerSource(answers: ["Q?": "a"])
        ) {
            $0.utf8.count
        }.run(items, windowSize: 16)
    }

    private static func isWellFormed(_ text: String) -> Bool { XMLParser(data: Data(text.utf8)).parse() }

    @Test func picturesAreWellFormedAndDescribed() async throws {
        let report = try await Self.report()
        #expect(report.figures.count == 2)
        for figure in report.figures {
            #expect(Self.isWellFormed(figure.svg))
            #expect(
                figure.svg.contains("<title id=\"chart-title\">")
                    && figure.svg.contains("<desc id=\"chart-desc\">"))
            #expect(figure.svg.contains("prefers-color-scheme: dark") && !figure.svg.contains("nan"))
        }
    }

    @Test func heatMapsAreWellFormed() throws {
        let outcomes: [NeedleReport] = [[100, 200], []].map { lengths in
            NeedleReport(
                title: "Needle & <hay>",
                settings: NeedleSettings(modes: [.full], lengths: lengths, depths: [0, 50], scoring: .found),
                source: "model", outcomes: [])
        }
        for report in outcomes {
            for figure in report.figures { #expect(Self.isWellFormed(figure.svg)) }
            #expect(!report.html.contains("<hay>"))
        }
    }

    @Test func reportsAreWrittenWhole() async throws {
        let directory = FilePath(FileManager.default.temporaryDirectory.path).appending(UUID().uuidString)
        defer { try? FileManager.default.removeItem(atPath: directory.string) }
        let report = try await Self.report()
        let files = try ReportWriter(directory).write(report)
        #expect(
            files.compactMap { $0.lastComponent?.string } == [
                "qa.json", "qa.txt", "qa.html", "qa-ratio.svg", "qa-length.svg",
            ])
        let page = try String(contentsOfFile: directory.appending("qa.html").string, encoding: .utf8)
        #expect(page.contains("id=\"qa-ratio-title\"") && page.contains("id=\"qa-length-title\""))
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.string)
        #expect(names.count == files.count)
    }
}
