/// Markup inside a field: HTML that was escaped, wikitext. Collected as it stands, with the way back to its bytes, and
/// turned into text at its end.
struct TextFragment {
    let kind: FieldMapping.Transform
    let element: Int
    private(set) var bytes: [UInt8] = []
    private var map = OffsetMap(pieces: ())
    private var line: Int

    init(_ kind: FieldMapping.Transform, element: Int, line: Int) {
        self.kind = kind
        self.element = element
        self.line = line
    }

    mutating func append(_ piece: UnsafeBufferPointer<UInt8>, from origin: TextBuilder.Origin) {
        map.append(piece.count, from: origin)
        bytes.append(contentsOf: piece)
    }

    /// Puts the text of the markup into a record's text; gives what was left out, by what it was.
    func transform(into text: inout RecordText, limits: DocumentLimits) -> [String: Coverage.LeftOut] {
        var bytes = bytes
        let parts = kind == .html ? HTMLFragment.parts(of: bytes) : []
        if !parts.isEmpty { bytes = HTMLFragment.bytes(of: parts) }
        var output = FragmentOutput(bytes: bytes, map: map, line: line, element: element, text: text)
        text = RecordText()
        switch kind {
        case .none: output.keep(0..<bytes.count)
        case .html: HTMLFragment.read(parts, into: &output, limits: limits)
        case .wikitext: Wikitext.read(bytes, into: &output)
        }
        text = output.text
        return output.leftOut(of: scalarCount(bytes))
    }

    /// The value of a metadata field: one line of text.
    static func value(_ bytes: [UInt8], _ kind: FieldMapping.Transform, limits: DocumentLimits) -> String {
        var content = bytes
        if kind != .none {
            var text = RecordText()
            var fragment = TextFragment(kind, element: 0, line: 1)
            bytes.withUnsafeBufferPointer { fragment.append($0, from: .linear(0)) }
            _ = fragment.transform(into: &text, limits: limits)
            content = Array(text.render(ElementTree(), byContent: false).text.utf8)
        }
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var isPlain = true
        for byte in content {
            if isSpace(byte) {
                if let last = result.last, last != 0x20 { result.append(0x20) }
            } else {
                isPlain = isPlain && byte > 0x20 && byte < 0x7F
                result.append(byte)
            }
        }
        if result.last == 0x20 { result.removeLast() }
        if isPlain { return String(decoding: result, as: UTF8.self) }
        return TextNormalizer.normalize(String(decoding: result, as: UTF8.self))
    }
}

/// Where the readers of markup put what they find.
struct FragmentOutput {
    let bytes: [UInt8]
    let map: OffsetMap
    private let element: Int
    private var line: Int
    /// Line ends before this place are counted in `line`.
    private var counted = 0
    private(set) var text: RecordText
    private var kept = 0
    /// Whether a limit ended the reading.
    var isCut = false
    private var dropped: [String: Coverage.LeftOut] = [:]

    init(bytes: [UInt8], map: OffsetMap, line: Int, element: Int, text: consuming RecordText) {
        self.bytes = bytes
        self.map = map
        self.line = line
        self.element = element
        self.text = text
    }

    /// Takes a range of the markup as text.
    mutating func keep(_ range: Range<Int>, preserved: Bool = false) {
        guard !range.isEmpty else { return }
        advance(to: range.lowerBound)
        kept += scalarCount(bytes[range])
        var from = range.lowerBound
        map.forEachPiece(from: from, count: range.count) { count, origin in
            bytes[from..<from + count].withUnsafeBufferPointer {
                text.append($0, from: origin, line: line, element: element, preserved: preserved)
            }
            from += count
            advance(to: from)
        }
    }

    /// Takes other bytes in place of a range: a character for its reference.
    mutating func replace(_ range: Range<Int>, by piece: UnsafeBufferPointer<UInt8>, preserved: Bool = false)
    {
        advance(to: range.lowerBound)
        let start = map.source(of: range.lowerBound)
        let end = max(start, map.sourceEnd(of: range.upperBound - 1))
        kept += scalarCount(piece)
        text.append(piece, from: .block(start..<end), line: line, element: element, preserved: preserved)
    }

    mutating func edge(_ role: RecordRules.Role, isStart: Bool = true) {
        text.edge(role, parent: -1, isStart: isStart)
    }

    /// Notes that a range is left out.
    mutating func drop(_ range: Range<Int>, as name: String) {
        drop(scalarCount(bytes[range]), as: name)
    }

    mutating func drop(_ characters: Int, as name: String) {
        func add(to entry: inout Coverage.LeftOut) {
            entry.elements += 1
            entry.characters += characters
        }
        add(to: &dropped[name, default: .init(elements: 0, characters: 0)])
    }

    /// Counts the line ends of the source up to a place in the markup.
    private mutating func advance(to offset: Int) {
        guard offset > counted else { return }
        var at = counted
        map.forEachPiece(from: at, count: offset - at) { count, origin in
            if origin.advancesLines {
                line += bytes.withUnsafeBufferPointer { lineEnds($0, in: at..<at + count) }
            }
            at += count
        }
        counted = offset
    }

    /// What was left out of so many characters; the markup itself is what is neither kept nor named.
    func leftOut(of count: Int) -> [String: Coverage.LeftOut] {
        var result = dropped
        let named = dropped.values.reduce(0) { $0 + $1.characters }
        let markup = count - kept - named
        if markup != 0 {
            result[isCut ? "(past a limit)" : "(markup)"] = .init(elements: 1, characters: markup)
        }
        return result
    }
}
