/// Markdown: front matter becomes metadata, the rest is the text as it stands.
struct MarkdownReader: FormatReader {
    func read(_ source: PeekableSource, into sink: DocumentSink) throws {
        let decoded = try DecodedText(source, sink)
        let matter = FrontMatter(decoded.bytes)
        let body = matter.end..<decoded.bytes.count
        let line = 1 + lineEnds(decoded.bytes[..<matter.end])
        var builder = TextBuilder()
        builder.reserve(body.count)
        decoded.append(body, line: line, to: &builder)
        var coverage = Coverage()
        coverage.contentCharacters = scalarCount(decoded.bytes)
        coverage.emittedCharacters = scalarCount(decoded.bytes[body])
        coverage.metadataCharacters = coverage.contentCharacters - coverage.emittedCharacters
        let whole = 0..<decoded.bytes.count
        coverage.replacedCharacters = builder.replaced + decoded.replaced(in: whole).count
        let finished = builder.finish(elements: ElementTree())
        var metadata = matter.values
        let title = metadata.removeValue(forKey: "title") ?? Self.firstHeading(finished.text)
        let isBlank = finished.text.utf8.allSatisfy(isSpace)
        try sink.document(
            DocumentDraft(
                title: title, metadata: metadata, text: isBlank ? "" : finished.text, sourceMap: finished.map,
                coverage: coverage, line: line, bytes: decoded.sourceRange(body), ordinal: nil,
                warnings: decoded.warnings(in: whole)))
        if sink.definition.undecodable == .deadLetter, let failure = decoded.deadLetter {
            try sink.failure(failure)
        }
    }

    /// The first heading outside fenced code: `# …`, or a line underlined with `=` or `-`.
    static func firstHeading(_ text: String) -> String? {
        var fence: Substring?
        var previous: Substring = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(2000) {
            let trimmed = line.drop { $0 == " " }
            if let open = fence {
                if trimmed.hasPrefix(open) { fence = nil }
                continue
            }
            if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
                fence = trimmed.prefix(3)
                continue
            }
            let hashes = trimmed.prefix { $0 == "#" }
            if (1...6).contains(hashes.count), trimmed.dropFirst(hashes.count).first == " " {
                return heading(trimmed.dropFirst(hashes.count))
            }
            let isUnderline =
                line.count > 1 && (line.allSatisfy { $0 == "=" } || line.allSatisfy { $0 == "-" })
            if isUnderline, !previous.allSatisfy(\.isWhitespace) { return heading(previous) }
            previous = line
        }
        return nil
    }

    private static func heading(_ line: Substring) -> String? {
        var words = line.split(whereSeparator: \.isWhitespace)
        if words.count > 1, words.last?.allSatisfy({ $0 == "#" }) == true { words.removeLast() }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}
