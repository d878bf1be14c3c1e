import Foundation

/// What an evaluation found: values for programs, tables for terminals, pictures for pages.
///
/// Equal results give equal bytes: a report holds no clock, path or host.
public protocol EvaluationReport: Codable, Sendable {
    /// The report's name in files: `needle`, `perplexity`, …
    static var kind: String { get }
    var title: String { get }
    var tables: [ReportTable] { get }
    var figures: [ReportFigure] { get }
}

extension EvaluationReport {
    /// The report as JSON with sorted keys and a final newline.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// All tables, an empty line between two.
    public var text: String { tables.map(\.text).joined(separator: "\n") }

    /// A page of its own with the pictures, the tables and nothing to load.
    public var html: String { ReportPage(title: title, figures: figures, tables: tables).html }
}
