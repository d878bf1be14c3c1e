/// Plain text: a file is a document, or several when the profile says where to split.
struct PlainTextReader: FormatReader {
    let profile: Profile

    func read(_ source: PeekableSource, into sink: DocumentSink) throws {
        let decoded = try DecodedText(source, sink)
        let parts = profile.split.parts(of: decoded.bytes)
        var line = 1
        var ordinal = 0
        for part in parts {
            defer { line += lineEnds(decoded.bytes[part]) }
            if parts.count > 1, decoded.bytes[part].allSatisfy({ isSpace($0) || $0 == 0x0C }) { continue }
            ordinal += 1
            var builder = TextBuilder()
            builder.reserve(part.count)
            decoded.append(part, line: line, to: &builder)
            var coverage = Coverage()
            coverage.contentCharacters = scalarCount(decoded.bytes[part])
            coverage.emittedCharacters = coverage.contentCharacters
            coverage.replacedCharacters = builder.replaced + decoded.replaced(in: part).count
            let finished = builder.finish(elements: ElementTree())
            let isBlank = finished.text.utf8.allSatisfy(isSpace)
            try sink.document(
                DocumentDraft(
                    title: profile.format == .restructuredText ? SectionTitle.first(finished.text) : nil,
                    text: isBlank ? "" : finished.text, sourceMap: finished.map,
                    coverage: coverage, line: line, bytes: decoded.sourceRange(part),
                    ordinal: profile.split == .none ? nil : ordinal, warnings: decoded.warnings(in: part)))
        }
        if sink.definition.undecodable == .deadLetter, let failure = decoded.deadLetter {
            try sink.failure(failure)
        }
    }
}

extension TextSplit {
    /// The ranges of the documents in a text.
    func parts(of text: [UInt8]) -> [Range<Int>] {
        switch self {
        case .none:
            return [0..<text.count]
        case .formFeed:
            var parts: [Range<Int>] = []
            var start = 0
            for at in text.indices where text[at] == 0x0C {
                parts.append(start..<at + 1)
                start = at + 1
            }
            return parts + [start..<text.count]
        case .heading:
            return headingParts(text)
        }
    }

    private func headingParts(_ text: [UInt8]) -> [Range<Int>] {
        var starts: [Int] = [0]
        var lineStart = 0
        var previous = 0..<0
        while lineStart < text.count {
            let (range, next) = Documents.line(of: text, at: lineStart)
            let line = text[range]
            if isHeading(line) {
                starts.append(lineStart)
            } else if isUnderline(line), !previous.isEmpty, !text[previous].allSatisfy(isSpace) {
                starts.append(previous.lowerBound)
            }
            previous = range
            lineStart = next
        }
        let sorted = Array(Set(starts)).sorted() + [text.count]
        return zip(sorted, sorted.dropFirst()).map { $0..<$1 }
    }

    /// `# Heading`, or `1.2 HEADING`.
    private func isHeading(_ line: ArraySlice<UInt8>) -> Bool {
        let hashes = line.prefix { $0 == 0x23 }
        if (1...6).contains(hashes.count) { return line.dropFirst(hashes.count).first == 0x20 }
        let number = line.prefix { (0x30...0x39).contains($0) || $0 == 0x2E }
        guard let first = number.first, first != 0x2E, line.count < 80 else { return false }
        let rest = line.dropFirst(number.count)
        guard rest.first == 0x20 else { return false }
        let letters = rest.filter { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        return letters.count > 2 && letters.allSatisfy { $0 < 0x61 }
    }

    /// A line of four or more `=`, `-` or `~`.
    private func isUnderline(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count > 3, let mark = line.first, [0x3D, 0x2D, 0x7E].contains(mark) else { return false }
        return line.allSatisfy { $0 == mark }
    }
}
