import Documents

/// A document as `pharos extract` prints it.
struct DocumentLine: Encodable {
    struct Source: Encodable {
        var file: String
        var member: String?
        var line: Int
        var path: String?
        var bytes: [Int]?
        var encoding: String
    }

    /// Where a stretch of the text came from.
    struct Span: Encodable {
        var text: [Int]
        var line: Int
        var path: String?
        var bytes: [Int]?
    }

    var id: String
    var title: String?
    var metadata: [String: String]
    /// Empty here: see ``JSONLines/write(_:_:text:)``.
    var text = ""
    var source: Source
    var coverage: Coverage
    var warnings: [String]?
    var map: [Span]?

    /// - Parameter withMap: whether the source map is spelled out, a span per line of the text.
    init(_ document: Document, withMap: Bool) {
        id = document.id
        title = document.title
        metadata = document.metadata
        source = Source(
            file: document.source.file, member: document.source.member, line: document.source.line,
            path: document.source.path,
            bytes: document.source.bytes.map { [$0.lowerBound, $0.upperBound] },
            encoding: document.source.encoding)
        coverage = document.coverage
        warnings = document.warnings.isEmpty ? nil : document.warnings
        if withMap { map = Self.spans(document) }
    }

    private static func spans(_ document: Document) -> [Span] {
        let bytes = Array(document.text.utf8)
        var spans: [Span] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if end > start {
                let position = document.sourceMap.position(ofByte: start)
                let range = document.sourceMap.sourceRange(of: start..<end)
                spans.append(
                    Span(
                        text: [start, end], line: position.line, path: position.path,
                        bytes: range.map { [$0.lowerBound, $0.upperBound] }))
            }
            start = end + 1
        }
        return spans
    }
}
