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
        case .text: return PlainTextReader(profile: self)
        case .markdown: return MarkdownReader()
        case .xml: return try XMLFormatReader(profile: self)
        case .html, .json, .ndjson, .csv, .epub, .restructuredText:
            throw DocumentFailure(.definition, "format \(format.rawValue) has no reader yet")
        }
    }
}
