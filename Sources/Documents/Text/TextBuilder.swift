/// Puts a document's text together from pieces of its source, normalising it and mapping it back as it goes.
struct TextBuilder {
    /// How the bytes of a piece, which are valid UTF-8, stand in the source.
    enum Origin {
        /// They are the source's bytes from this offset on.
        case linear(Int)
        /// Characters of `text` bytes each, from `source` bytes each, from this offset on.
        case scaled(Int, text: Int, source: Int)
        /// All of them came from this range.
        case block(Range<Int>)
        /// They are the reader's own.
        case added

        /// Whether a line end among them is one of the source, not one that a reference stands for.
        var advancesLines: Bool { if case .block = self { false } else { true } }
    }

    private(set) var bytes: [UInt8] = []
    private var map = SourceMapBuilder()
    private(set) var replaced = 0
    private var needsComposition = false
    private var lastWasReturn = false

    var isEmpty: Bool { bytes.isEmpty }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Appends a piece that starts on a line of the source, in an element of the tree.
    mutating func append(_ piece: ArraySlice<UInt8>, from origin: Origin, line: Int, element: Int) {
        piece.withUnsafeBufferPointer { append($0, from: origin, line: line, element: element) }
    }

    mutating func append(
        _ piece: UnsafeBufferPointer<UInt8>, from origin: Origin, line: Int, element: Int
    ) {
        var line = line
        var start = 0
        var at = 0
        let advancesLines = origin.advancesLines
        if lastWasReturn, let first = piece.first {
            if first == 0x0A {
                start = 1
                at = 1
                if advancesLines { line += 1 }
            }
            lastWasReturn = false
        }
        let classes = byteClasses
        while at < piece.count {
            // ASCII, inner bytes of characters, and letters that composition leaves alone.
            let byte = piece[at]
            if byte &- 0x20 < 0x5F || byte &- 0x80 < 0x42 || byte & 0xFE == 0xD0 || byte &- 0xE4 < 6 {
                at += 1
                continue
            }
            switch classes[Int(piece[at])] {
            case 0:
                at += 1
            case 1:  // a line ends
                at += 1
                copy(piece, start..<at, origin, line, element)
                start = at
                if advancesLines { line += 1 }
            case 2:  // carriage return
                copy(piece, start..<at, origin, line, element)
                let paired = at + 1 < piece.count && piece[at + 1] == 0x0A
                lastWasReturn = at + 1 == piece.count
                let width = paired ? 2 : 1
                put(0x0A, for: at..<at + width, origin, line, element)
                at += width
                start = at
                if advancesLines { line += 1 }
            case 3:  // control character
                copy(piece, start..<at, origin, line, element)
                put(0x20, for: at..<at + 1, origin, line, element)
                replaced += 1
                at += 1
                start = at
            case 4 where at + 1 < piece.count && piece[at + 1] < 0xA0:  // C1 control character
                copy(piece, start..<at, origin, line, element)
                put(0x20, for: at..<at + 2, origin, line, element)
                replaced += 1
                at += 2
                start = at
            case 4:
                at += 2
            default:
                needsComposition = true
                at += 1
            }
        }
        copy(piece, start..<piece.count, origin, line, element)
    }

    /// Appends printable ASCII, which needs no look at its bytes.
    mutating func appendPlain(
        _ piece: UnsafeBufferPointer<UInt8>, from origin: Origin, line: Int, element: Int
    ) {
        lastWasReturn = false
        map.add(run(origin, 0, line, element))
        bytes.append(contentsOf: piece)
    }

    /// Appends text of the reader's own, such as the empty line between two paragraphs.
    mutating func add(_ text: StaticString, line: Int, element: Int) {
        let piece = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        map.add(
            SourceMapRun(text: bytes.count, source: sourceEnd, shape: .added, line: line, element: element))
        bytes.append(contentsOf: piece)
        lastWasReturn = false
    }

    /// Appends a space in place of the source's white space.
    mutating func addSpace(from source: Range<Int>, line: Int, element: Int) {
        map.add(
            SourceMapRun(
                text: bytes.count, source: source.lowerBound,
                shape: source.count == 1 ? .linear : .block(count: source.count), line: line, element: element
            ))
        bytes.append(0x20)
        lastWasReturn = false
    }

    private var sourceEnd: Int { map.last?.sourceEnd(at: bytes.count) ?? 0 }

    private mutating func copy(
        _ piece: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ origin: Origin, _ line: Int,
        _ element: Int
    ) {
        guard !range.isEmpty else { return }
        map.add(run(origin, range.lowerBound, line, element))
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: piece[range]))
    }

    /// One byte in place of a range of the piece.
    private mutating func put(
        _ byte: UInt8, for range: Range<Int>, _ origin: Origin, _ line: Int, _ element: Int
    ) {
        var run = run(origin, range.lowerBound, line, element)
        switch origin {
        case .linear where range.count > 1: run.shape = .block(count: range.count)
        case .scaled(_, let text, let source): run.shape = .block(count: range.count / text * source)
        default: break
        }
        map.add(run)
        bytes.append(byte)
    }

    private func run(_ origin: Origin, _ offset: Int, _ line: Int, _ element: Int) -> SourceMapRun {
        var run = SourceMapRun(text: bytes.count, source: 0, shape: .linear, line: line, element: element)
        switch origin {
        case .linear(let source):
            run.source = source + offset
        case .scaled(let source, let textStep, let sourceStep):
            run.source = source + offset / textStep * sourceStep
            run.shape = .scaled(text: textStep, source: sourceStep)
        case .block(let range):
            run.source = range.lowerBound
            run.shape = .block(count: range.count)
        case .added:
            run.source = sourceEnd
            run.shape = .added
        }
        return run
    }

    /// The finished text, composed, with its map.
    consuming func finish(elements: ElementTree) -> (text: String, map: SourceMap) {
        let edits = needsComposition ? TextNormalizer.compositionEdits(bytes) : []
        let sourceMap = map.finish(textCount: bytes.count, elements: elements)
        if edits.isEmpty { return (String(decoding: bytes, as: UTF8.self), sourceMap) }
        var composed: [UInt8] = []
        composed.reserveCapacity(bytes.count)
        var at = 0
        for edit in edits {
            composed += bytes[at..<edit.range.lowerBound]
            composed += edit.bytes
            at = edit.range.upperBound
        }
        composed += bytes[at...]
        return (
            String(decoding: composed, as: UTF8.self),
            sourceMap.applying(edits, textCount: composed.count)
        )
    }
}

/// What `append` does at each byte: 0 copy, 1 line feed, 2 carriage return, 3 control, 4 perhaps C1, 5 beyond U+0300.
private let byteClasses: [UInt8] = (0..<256).map { byte in
    switch byte {
    case 0x09: 0
    case 0x0A: 1
    case 0x0D: 2
    case 0..<0x20, 0x7F: 3
    case 0xC2: 4
    case 0xCC...: 5
    default: 0
    }
}

extension SourceMap {
    /// The map after changes to the text: each changed stretch becomes one block.
    func applying(_ edits: [TextNormalizer.Edit], textCount: Int) -> SourceMap {
        var builder = SourceMapBuilder()
        var cursor = SourceMapCursor(runs: runs)
        var next = 0  // the next edit
        var done = 0  // text before is dealt with
        var shift = 0
        while cursor.advance(), let run = cursor.run {
            let end = cursor.peekText() ?? self.textCount
            var at = max(run.text, done)
            while at < end {
                let edit = next < edits.count && edits[next].range.lowerBound < end ? edits[next] : nil
                if edit == nil || edit.map({ $0.range.lowerBound > at }) == true {
                    builder.add(run.moved(to: at, shift: shift))
                }
                guard let edit else { break }
                let source = sourceRange(of: edit.range) ?? run.source..<run.source
                var block = run
                block.text = edit.range.lowerBound + shift
                block.source = source.lowerBound
                block.shape = .block(count: source.count)
                builder.add(block)
                shift += edit.bytes.count - edit.range.count
                next += 1
                at = edit.range.upperBound
            }
            done = max(done, at)
        }
        return builder.finish(textCount: textCount, elements: elements)
    }
}

extension SourceMapRun {
    /// The rest of the run from a byte of text on, in a text that has shifted.
    fileprivate func moved(to offset: Int, shift: Int) -> SourceMapRun {
        var run = self
        run.text = offset + shift
        switch shape {
        case .linear: run.source = source + offset - text
        case .scaled(let textStep, let sourceStep):
            run.source = source + (offset - text) / textStep * sourceStep
        case .block, .added: break
        }
        return run
    }
}
