/// Reads one file or member of one format.
protocol FormatReader {
    /// Reads all of `source` and hands documents and failures to the sink. Throws a ``DocumentFailure`` when the
    /// rest cannot be read.
    func read(_ source: PeekableSource, into sink: DocumentSink) throws
}

extension Profile {
    /// The reader for this profile's format.
    func reader() throws -> any FormatReader {
        switch format {
        case .text, .restructuredText: return PlainTextReader(profile: self)
        case .markdown: return MarkdownReader()
        case .xml, .html, .epub: return try XMLFormatReader(profile: self)
        case .json: return JSONReader(profile: self)
        case .ndjson: return NDJSONReader(profile: self)
        case .csv: return CSVReader(profile: self)
        }
    }

    /// What the records of a file are called in messages.
    var recordDescription: String {
        switch format {
        case .text, .restructuredText, .markdown: "text"
        case .xml, .html, .epub:
            records.isEmpty
                ? "element"
                : records.map { $0.hasPrefix("/") ? $0 : "//" + $0 }.joined(separator: ", ")
        case .json: "object" + (records.first.map { " in the member “\($0)”" } ?? "")
        case .ndjson: "line with an object"
        case .csv: "row below a header"
        }
    }

    /// The reader for the chapters of a book.
    func bookReader() throws -> any FormatReader { try ChapterReader(profile: self) }

    /// Throws a ``DocumentFailure`` when the profile makes no sense.
    public func check() throws { _ = try reader() }
}
