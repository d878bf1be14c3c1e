/// The character data and layout of one record, collected while it streams by and put together at its end, when it
/// is known which elements have text of their own.
struct RecordText {
    /// What stands between two pieces of text.
    private enum Gap: Int, Comparable {
        case none, word, space, tab, line, paragraph
        static func < (a: Gap, b: Gap) -> Bool { a.rawValue < b.rawValue }
    }

    private(set) var bytes: [UInt8] = []
    private var operations = RecordOperations()
    /// For each element, whether it has text of its own.
    private var mixed: [Bool] = []
    /// Words touch somewhere, and somewhere white space stands between words.
    private var marksSpaces = false
    private var afterToken = false

    var count: Int { bytes.count }

    mutating func reset() {
        bytes.removeAll(keepingCapacity: bytes.capacity < 1 << 20)
        operations.removeAll()
        mixed.removeAll(keepingCapacity: mixed.capacity < 1 << 18)
        marksSpaces = false
    }

    /// Registers an element; the number is for `parent` and `noteText`.
    mutating func addElement() -> Int {
        mixed.append(false)
        return mixed.count - 1
    }

    /// Notes character data directly in an element.
    mutating func noteText(in element: Int, isBlank: Bool) {
        if isBlank {
            if afterToken { marksSpaces = true }
        } else if element >= 0 {
            mixed[element] = true
        }
        afterToken = false
    }

    /// Forgets the text so far, not the elements.
    mutating func startAnew() {
        bytes.removeAll(keepingCapacity: true)
        operations.removeAll()
    }

    mutating func append(
        _ piece: UnsafeBufferPointer<UInt8>, from origin: TextBuilder.Origin, line: Int, element: Int,
        preserved: Bool
    ) {
        bytes.append(contentsOf: piece)
        operations.appendText(
            count: piece.count, origin: origin, line: line, element: element, preserved: preserved)
    }

    mutating func edge(_ role: RecordRules.Role, parent: Int, isStart: Bool) {
        afterToken = !isStart && role.contains(.token)
        operations.appendEdge(role, parent: parent, isStart: isStart)
    }

    /// The text, and how many characters of it came from the record.
    func render(_ elements: ElementTree, byContent: Bool) -> (
        text: String, map: SourceMap, emitted: Int, replaced: Int
    ) {
        var builder = TextBuilder()
        builder.reserve(bytes.count)
        var gap = Gap.none
        var space: Range<Int>?
        var joins = false
        var afterWord = false
        var emitted = 0
        var at = 0
        bytes.withUnsafeBufferPointer { bytes in
            for operation in operations {
                switch operation {
                case .edge(let role, let parent, let isStart):
                    var wanted = Gap.none
                    if role.contains(.block) || role.contains(.preformatted) {
                        wanted = .paragraph
                    } else if role.contains(.line) {
                        wanted = .line
                    } else if role.contains(.cell) {
                        wanted = isStart ? .none : .tab
                    } else if role.contains(.space) {
                        wanted = .word
                    } else if role.contains(.token) {
                        if isStart, afterWord, !marksSpaces { wanted = .word }
                        afterWord = !isStart
                    } else if byContent, parent >= 0, !mixed[parent], role.isEmpty {
                        wanted = .paragraph
                    }
                    if role.contains(.join) {
                        wanted = .none
                        joins = true
                        gap = .none
                        space = nil
                    }
                    if wanted > gap {
                        gap = wanted
                        space = nil
                    }
                case .text(let count, let origin, var line, let element, let preserved):
                    let end = at + count
                    let start = at
                    let advancesLines = origin.advancesLines
                    while at < end {
                        if !preserved, isSpace(bytes[at]) {
                            let from = at
                            while at < end, isSpace(bytes[at]) {
                                if advancesLines, endsLine(bytes, at) { line += 1 }
                                at += 1
                            }
                            if gap <= .word, !joins {
                                gap = .space
                                space = origin.range(from - start, at - from)
                            } else if gap == .space, let known = space,
                                let more = origin.range(from - start, at - from)
                            {
                                space =
                                    known.upperBound == more.lowerBound
                                    ? known.lowerBound..<more.upperBound : known
                            }
                            continue
                        }
                        let words = preserved ? (end, 0, false) : wordsEnd(bytes, at, end)
                        let stop = words.0
                        if gap == .word, touches(builder.bytes, bytes[at..<end]) { gap = .none }
                        emitted += separate(&builder, gap, space, line, element)
                        gap = .none
                        space = nil
                        joins = false
                        afterWord = false
                        let piece = UnsafeBufferPointer(rebasing: bytes[at..<stop])
                        let pieceOrigin = origin.advanced(by: at - start)
                        emitted += preserved ? scalarCount(piece) : words.1
                        if words.2 {
                            builder.appendPlain(piece, from: pieceOrigin, line: line, element: element)
                        } else {
                            builder.append(piece, from: pieceOrigin, line: line, element: element)
                        }
                        if preserved, advancesLines { line += lineEnds(bytes, in: at..<stop) }
                        at = stop
                    }
                }
            }
        }
        let replaced = builder.replaced
        let finished = builder.finish(elements: elements)
        return (finished.text, finished.map, emitted, replaced)
    }

    /// The end of the words from a place on, with the single spaces between them, how many characters they have, and
    /// whether they are plain: printable ASCII only.
    private func wordsEnd(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
    ) -> (Int, Int, Bool) {
        var at = start
        var odd: UInt8 = 0
        var inner = 0
        while at < end {
            at = plainEnd(bytes, at, end)
            guard at < end else { break }
            let byte = bytes[at]
            if byte > 0x20 {
                odd |= byte &+ 1
                inner += byte & 0xC0 == 0x80 ? 1 : 0
                at += 1
            } else if byte == 0x20 {
                guard at + 1 < end, !isSpace(bytes[at + 1]) else { break }
                at += 1
            } else if isSpace(byte) {
                break
            } else {
                odd = 0x80
                at += 1
            }
        }
        return (at, at - start - inner, odd & 0x80 == 0)
    }

    /// The end of a stretch of printable ASCII without two spaces in a row, which most text is, in steps of 8 bytes.
    ///
    /// In each sum a byte's highest bit says what is asked of it; no byte's sum reaches the next one.
    private func plainEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return start }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high = ones &* 0x80
        let low = ones &* 0x7F
        var at = start
        while at + 9 <= end {
            let these = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let next = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at + 1, as: UInt64.self))
            let isPrintable = (these & low) &+ ones &* 0x60
            let isDelete = (these & low) &+ ones
            let isNotSpace = ((these ^ ones &* 0x20) & low) &+ low | these
            let isMoreThanSpace = (next & low) &+ ones &* 0x5F | next
            let odd = (these | ~isPrintable | isDelete | ~(isNotSpace | isMoreThanSpace)) & high
            if odd != 0 { return at + odd.trailingZeroBitCount / 8 }
            at += 8
        }
        return at
    }

    /// Whether no space belongs between two words of an edition that does not mark them: at punctuation. Quotation
    /// marks stand before a word behind a space, and behind a word before one.
    private func touches(_ written: [UInt8], _ next: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let last = written.last, let first = next.first else { return false }
        if last == 0x28 || last == 0x5B || ".,;:!?)]%'".utf8.contains(first) { return true }
        if let width = quoteWidth(written.suffix(3).reversed(), isReversed: true) {
            return written.dropLast(width).last.map { isSpace($0) || $0 == 0x28 } ?? true
        }
        if let width = quoteWidth(Array(next.prefix(3)), isReversed: false) {
            return next.dropFirst(width).first.map { isSpace($0) || ".,;:!?)".utf8.contains($0) } ?? true
        }
        return false
    }

    /// The bytes of a quotation mark that some bytes start with: `"`, `«`, `»` or one of U+2018 to U+201F.
    private func quoteWidth(_ bytes: [UInt8], isReversed: Bool) -> Int? {
        if bytes.first == 0x22 { return 1 }
        let two = isReversed ? bytes.prefix(2).reversed() : Array(bytes.prefix(2))
        if two == [0xC2, 0xAB] || two == [0xC2, 0xBB] { return 2 }
        let three = isReversed ? bytes.reversed() : bytes
        guard three.count == 3, three[0] == 0xE2, three[1] == 0x80, (0x98...0x9F).contains(three[2]) else {
            return nil
        }
        return 3
    }

    /// Writes what stands between two pieces; returns how many of its characters came from the source.
    private func separate(
        _ builder: inout TextBuilder, _ gap: Gap, _ space: Range<Int>?, _ line: Int, _ element: Int
    ) -> Int {
        guard !builder.isEmpty else { return 0 }
        let ended = builder.bytes.last == 0x0A
        switch gap {
        case .none:
            return 0
        case .word, .space:
            if ended { return 0 }
            guard let space else {
                builder.add(" ", line: line, element: element)
                return 0
            }
            builder.addSpace(from: space, line: line, element: element)
            return 1
        case .tab:
            builder.add("\t", line: line, element: element)
        case .line:
            if !ended { builder.add("\n", line: line, element: element) }
        case .paragraph:
            builder.add(ended ? "\n" : "\n\n", line: line, element: element)
        }
        return 0
    }
}

extension TextBuilder.Origin {
    /// The source bytes of `count` bytes, `offset` bytes further on.
    func range(_ offset: Int, _ count: Int) -> Range<Int>? {
        switch self {
        case .linear(let source): source + offset..<source + offset + count
        case .scaled(let start, let text, let source):
            start + offset / text * source..<start + (offset + count) / text * source
        case .block(let range): range
        case .added: nil
        }
    }
}
