import FileAccess
public import SystemPackage

/// Writes reports into a directory: values, tables, pictures and a page.
public struct ReportWriter: Sendable {
    public let directory: FilePath

    public init(_ directory: FilePath) { self.directory = directory }

    /// Writes `<kind>.json`, `<kind>.txt`, `<kind>.html` and one SVG file per picture, each whole or not at all.
    ///
    /// - Parameter name: the files' name instead of the report's kind.
    /// - Returns: the files, in the order written.
    public func write(_ report: some EvaluationReport, name: String? = nil) throws -> [FilePath] {
        try FileSystem.createDirectory(directory)
        let name = name ?? type(of: report).kind
        var files: [(String, String)] = [
            ("\(name).json", try report.json()), ("\(name).txt", report.text), ("\(name).html", report.html),
        ]
        files += report.figures.map { ("\($0.name).svg", $0.svg) }
        return try files.map { name, text in
            let path = directory.appending(name)
            try AtomicFile.replace(path, with: Array(text.utf8))
            return path
        }
    }
}
