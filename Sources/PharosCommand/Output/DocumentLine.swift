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
    var text: String
    var source: Source
    var coverage: Coverage
    var warnings: [String]?
    var map: [Span]?

    /// - Parameter withMap: whether the source map is spelled out, a span per line of the text.
    init(_ document: Document, withMap: Bool) {
        id = document.id
        title = document.title
        metadata = document.metadata
        text = document.text
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

extension DocumentLine {
    /// Appends the line, without its end, as Foundation's encoder spells it: keys in order, no value where it is none.
    func append(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + text.utf8.count * 9 / 8 + 1024)
        var object = JSONObject(&bytes)
        object.add("coverage", &bytes) { coverage.append(to: &$0) }
        object.add("id", id, &bytes)
        if let map { object.add("map", &bytes) { $0.appendArray(map) { $0.append(to: &$1) } } }
        object.add("metadata", &bytes) { bytes in
            var values = JSONObject(&bytes)
            for (key, value) in metadata.sortedByKey { values.add(key, value, &bytes) }
            values.end(&bytes)
        }
        object.add("schema", JSONLines.schemaVersion, &bytes)
        object.add("source", &bytes) { source.append(to: &$0) }
        object.add("text", text, &bytes)
        if let title { object.add("title", title, &bytes) }
        object.add("type", "document", &bytes)
        if let warnings {
            object.add("warnings", &bytes) { $0.appendArray(warnings) { $1.appendString($0) } }
        }
        object.end(&bytes)
    }
}

extension DocumentLine.Source {
    fileprivate func append(to result: inout [UInt8]) {
        var object = JSONObject(&result)
        if let bytes { object.add("bytes", bytes, &result) }
        object.add("encoding", encoding, &result)
        object.add("file", file, &result)
        object.add("line", line, &result)
        if let member { object.add("member", member, &result) }
        if let path { object.add("path", path, &result) }
        object.end(&result)
    }
}

extension DocumentLine.Span {
    fileprivate func append(to result: inout [UInt8]) {
        var object = JSONObject(&result)
        if let bytes { object.add("bytes", bytes, &result) }
        object.add("line", line, &result)
        if let path { object.add("path", path, &result) }
        object.add("text", text, &result)
        object.end(&result)
    }
}

extension Coverage {
    fileprivate func append(to bytes: inout [UInt8]) {
        var object = JSONObject(&bytes)
        object.add("contentCharacters", contentCharacters, &bytes)
        object.add("emittedCharacters", emittedCharacters, &bytes)
        object.add("leftOut", &bytes) { bytes in
            var names = JSONObject(&bytes)
            for (name, count) in leftOut.sortedByKey {
                names.add(name, &bytes) { bytes in
                    var counts = JSONObject(&bytes)
                    counts.add("characters", count.characters, &bytes)
                    counts.add("elements", count.elements, &bytes)
                    counts.end(&bytes)
                }
            }
            names.end(&bytes)
        }
        object.add("metadataCharacters", metadataCharacters, &bytes)
        object.add("replacedCharacters", replacedCharacters, &bytes)
        object.add("unresolvedEntities", unresolvedEntities, &bytes)
        object.add("whitespaceCharacters", whitespaceCharacters, &bytes)
        object.end(&bytes)
    }
}

extension Dictionary where Key == String {
    /// By the bytes of the keys, as the encoder sorts them.
    fileprivate var sortedByKey: [Element] {
        sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}

/// An object on its way into some bytes.
private struct JSONObject {
    private var isEmpty = true

    init(_ bytes: inout [UInt8]) { bytes.append(UInt8(ascii: "{")) }

    func end(_ bytes: inout [UInt8]) { bytes.append(UInt8(ascii: "}")) }

    mutating func add(_ key: String, _ bytes: inout [UInt8], _ value: (inout [UInt8]) -> Void) {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        bytes.appendString(key)
        bytes.append(UInt8(ascii: ":"))
        value(&bytes)
    }

    mutating func add(_ key: String, _ value: String, _ bytes: inout [UInt8]) {
        add(key, &bytes) { $0.appendString(value) }
    }

    mutating func add(_ key: String, _ value: Int, _ bytes: inout [UInt8]) {
        add(key, &bytes) { $0 += "\(value)".utf8 }
    }

    mutating func add(_ key: String, _ values: [Int], _ bytes: inout [UInt8]) {
        add(key, &bytes) { $0.appendArray(values) { $1 += "\($0)".utf8 } }
    }
}

extension [UInt8] {
    fileprivate mutating func appendString(_ text: String) {
        append(UInt8(ascii: "\""))
        JSONLines.escape(Array(text.utf8), into: &self)
        append(UInt8(ascii: "\""))
    }

    fileprivate mutating func appendArray<Value>(_ values: [Value], _ body: (Value, inout [UInt8]) -> Void) {
        append(UInt8(ascii: "["))
        for (at, value) in values.enumerated() {
            if at > 0 { append(UInt8(ascii: ",")) }
            body(value, &self)
        }
        append(UInt8(ascii: "]"))
    }
}
