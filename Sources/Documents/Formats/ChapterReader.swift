/// A chapter of a book: XHTML, or HTML where it is not well-formed.
struct ChapterReader: FormatReader {
    private var strict: XMLFormatReader
    private let mending: XMLFormatReader

    init(profile: Profile) throws {
        var profile = profile
        profile.format = .xml
        strict = try XMLFormatReader(profile: profile)
        strict.isTrial = true
        profile.format = .html
        profile.malformed = .recover
        mending = try XMLFormatReader(profile: profile)
    }

    func read(_ source: PeekableSource, into sink: DocumentSink) throws {
        var bytes: [UInt8] = []
        while let chunk = try source.read() { bytes += chunk }
        let warnings = sink.warnings
        do {
            // A document that is the whole file is handed over at its end, so a failure comes before it.
            try strict.read(PeekableSource(MemorySource(bytes)), into: sink)
        } catch let failure as DocumentFailure where failure.code == .malformed {
            let place = failure.line.map { "line \($0): " } ?? ""
            sink.warnings = warnings + ["\(place)\(failure.message); read as HTML"]
            try mending.read(PeekableSource(MemorySource(bytes)), into: sink)
        }
    }
}
