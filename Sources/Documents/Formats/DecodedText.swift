/// A whole text file in UTF-8, decoded piece by piece, with the way back to its bytes.
struct DecodedText {
    /// One stretch of text and where it came from.
    struct Piece {
        var range: Range<Int>
        var origin: TextBuilder.Origin
    }

    private(set) var bytes: [UInt8] = []
    private(set) var pieces: [Piece] = []
    let encoding: TextEncoding
    /// Where in ``bytes`` U+FFFD stands for what could not be decoded.
    private let replacements: [Int]
    let sourceCount: Int

    /// Reads a source to its end. Throws when it holds more than one document may.
    init(_ source: some ByteSource, _ sink: DocumentSink) throws {
        var raw: [UInt8] = []
        while let chunk = try source.read() {
            raw.append(contentsOf: chunk)
            if raw.count > sink.limits.documentBytes {
                throw DocumentFailure(
                    .limit,
                    "a text of more than \(sink.limits.documentBytes) bytes (limit document-bytes); raise the limit or split the text"
                )
            }
        }
        let definition = sink.definition
        let encoding = TextEncoding.text(raw, override: definition.encoding)
        self.encoding = encoding
        sourceCount = raw.count
        sink.encoding = encoding.name
        if encoding.evidence == .guessed, encoding.family == .utf8 || encoding.family == .other,
            raw.contains(0)
        {
            throw DocumentFailure(
                .encoding,
                "neither UTF-8 nor text by its look (it has zero bytes); name the encoding if it is text",
                byteOffset: raw.firstIndex(of: 0))
        }
        if encoding.family == .utf8, UTF8Census(raw).wrong == 0 {
            if encoding.markBytes > 0 { raw.removeFirst(encoding.markBytes) }
            pieces = [Piece(range: 0..<raw.count, origin: .linear(encoding.markBytes))]
            bytes = raw
            replacements = []
            return
        }
        let decoder = try CharacterDecoder(
            encoding, policy: definition.undecodable, offset: encoding.markBytes)
        var bytes: [UInt8] = []
        var pieces: [Piece] = []
        var replacements: [Int] = []
        do {
            try decoder.decode(Array(raw.dropFirst(encoding.markBytes)), last: true) { piece, origin in
                if decoder.replaced > replacements.count { replacements.append(bytes.count) }
                pieces.append(Piece(range: bytes.count..<bytes.count + piece.count, origin: origin))
                bytes.append(contentsOf: piece)
            }
        } catch var failure as DocumentFailure {
            // All that stands before the place has been decoded.
            if let offset = failure.byteOffset {
                failure.line = 1 + lineEnds(bytes[...])
                let start = bytes.lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? 0
                failure.column = offset - pieces.sourceOffset(start, end: offset) + 1
            }
            throw failure
        }
        self.bytes = bytes
        self.pieces = pieces
        self.replacements = replacements
    }

    /// Appends a range of the decoded bytes, which starts on a line, to a text.
    func append(_ range: Range<Int>, line: Int, to builder: inout TextBuilder) {
        guard !range.isEmpty else { return }
        var line = line
        let first = max(0, pieces.countBeginning { $0.range.lowerBound <= range.lowerBound } - 1)
        for piece in pieces[first...] {
            guard piece.range.lowerBound < range.upperBound else { break }
            let part = piece.range.clamped(to: range)
            if !part.isEmpty {
                builder.append(
                    bytes[part], from: piece.origin.advanced(by: part.lowerBound - piece.range.lowerBound),
                    line: line, element: 0)
                guard part.upperBound < range.upperBound else { break }
                // A piece may end between CR and LF.
                line += bytes.withUnsafeBufferPointer { lineEnds($0, in: part) }
            }
        }
    }

    /// The source bytes of a range of the decoded ones.
    func sourceRange(_ range: Range<Int>) -> Range<Int> {
        let start = range.lowerBound == 0 ? 0 : sourceOffset(range.lowerBound)
        return start..<max(start, sourceOffset(range.upperBound))
    }

    private func sourceOffset(_ at: Int) -> Int { pieces.sourceOffset(at, end: sourceCount) }

    /// How many undecodable byte sequences of a range of the decoded bytes were replaced, and where in the source
    /// the first stood.
    func replaced(in range: Range<Int>) -> (count: Int, first: Int?) {
        let start = replacements.countBeginning { $0 < range.lowerBound }
        let count = replacements.countBeginning { $0 < range.upperBound } - start
        return (count, count > 0 ? sourceOffset(replacements[start]) : nil)
    }

    /// The warnings that the decoding of a range of the decoded bytes gives rise to.
    func warnings(in range: Range<Int>) -> [String] {
        let replaced = replaced(in: range)
        var warnings: [String] = []
        if encoding.evidence == .guessed {
            warnings.append("the encoding \(encoding.name) is a guess; name it to be sure")
        }
        if let first = replaced.first {
            warnings.append(
                "\(replaced.count) undecodable byte sequences replaced, the first at byte \(first)")
        }
        return warnings
    }

    /// What the policy `dead-letter` reports beside the document.
    var deadLetter: DocumentFailure? {
        let replaced = replaced(in: 0..<bytes.count)
        return replaced.count > 0 ? .replaced(replaced.count, in: encoding.name, first: replaced.first) : nil
    }
}

extension [DecodedText.Piece] {
    /// Where in the source a decoded byte stands; `end` behind the last one.
    fileprivate func sourceOffset(_ at: Int, end: Int) -> Int {
        let count = countBeginning { $0.range.lowerBound <= at }
        guard count > 0, at < self[count - 1].range.upperBound else { return end }
        let piece = self[count - 1]
        switch piece.origin.advanced(by: at - piece.range.lowerBound) {
        case .linear(let source), .scaled(let source, _, _): return source
        case .block(let range): return range.lowerBound
        case .added: return 0
        }
    }
}

extension Array {
    /// How many elements at the beginning fit a condition that none behind them fits.
    fileprivate func countBeginning(_ fits: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if fits(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension TextBuilder.Origin {
    /// The origin of what stands `count` bytes further on.
    func advanced(by count: Int) -> TextBuilder.Origin {
        switch self {
        case .linear(let source): .linear(source + count)
        case .scaled(let start, let text, let source):
            .scaled(start + count / text * source, text: text, source: source)
        case .block, .added: self
        }
    }
}
