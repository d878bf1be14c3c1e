import CXMLBridge

/// Where in a start tag the value of an attribute stands, piece by piece: the parser hands over a copy whenever it has
/// read references or made spaces of line ends, and for all that is not ASCII.
struct AttributePlaces {
    /// A stretch of the value.
    struct Piece: Equatable {
        /// Bytes of the value.
        var count: Int
        /// Where the stretch stands in the tag.
        var range: Range<Int>
        /// Whether it stands there byte for byte, line ends for spaces.
        var isExact: Bool
        /// Line ends between the start of the tag and the stretch.
        var lines: Int
    }

    private(set) var pieces: [Piece] = []
    private let tag: UnsafeBufferPointer<UInt8>
    private let value: UnsafeBufferPointer<UInt8>
    /// Bytes of the value that have their place.
    private var done = 0
    private var lines = 0

    /// The places of a value; `nil` when the tag has no such attribute, or not as XML writes it.
    init?(_ value: UnsafeBufferPointer<UInt8>, of name: String, in tag: UnsafeBufferPointer<UInt8>) {
        self.tag = tag
        self.value = value
        guard let range = Self.find(name, tag) else { return nil }
        lines = lineEnds(tag, in: 0..<range.lowerBound)
        align(range)
    }

    /// What stands between the quotation marks of an attribute.
    private static func find(_ name: String, _ tag: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        guard tag.first == 0x3C else { return nil }
        var at = 1
        func skip(while holds: (UInt8) -> Bool) { while at < tag.count, holds(tag[at]) { at += 1 } }
        skip { !isSpace($0) && $0 != 0x2F && $0 != 0x3E }
        while at < tag.count {
            skip(while: isSpace)
            let start = at
            skip { !isSpace($0) && $0 != 0x3D && $0 != 0x3E }
            let found = start..<at
            skip { isSpace($0) || $0 == 0x3D }
            guard !found.isEmpty, at < tag.count, tag[at] == 0x22 || tag[at] == 0x27 else { return nil }
            let quote = tag[at]
            at += 1
            let open = at
            skip { $0 != quote }
            guard at < tag.count else { return nil }
            if tag[found].elementsEqual(name.utf8) { return open..<at }
            at += 1
        }
        return nil
    }

    private mutating func add(_ count: Int, _ range: Range<Int>, isExact: Bool) {
        guard count > 0 else { return }
        pieces.append(Piece(count: count, range: range, isExact: isExact, lines: lines))
        done += count
    }

    private mutating func align(_ range: Range<Int>) {
        var at = range.lowerBound
        var start = at  // of the stretch at hand
        while at < range.upperBound {
            let next = done + at - start  // in the value
            guard next < value.count else { break }
            switch tag[at] {
            case 0x26:
                add(at - start, start..<at, isExact: true)
                guard let end = tag[at..<range.upperBound].firstIndex(of: 0x3B) else {
                    return add(value.count - done, at..<range.upperBound, isExact: false)
                }
                let count = referenceCount(at..<end + 1, range.upperBound)
                add(count, at..<end + 1, isExact: tag[at...end].elementsEqual(value[done..<done + count]))
                at = end + 1
                start = at
            case 0x0D where at + 1 < range.upperBound && tag[at + 1] == 0x0A:
                // One space stands for both.
                add(at - start, start..<at, isExact: true)
                at += 1
                start = at
            case 0x0A, 0x0D:
                at += 1
                add(at - start, start..<at, isExact: true)
                lines += 1
                start = at
            case let byte where byte == value[next] || byte == 0x09:
                at += 1
            default:
                add(at - start, start..<at, isExact: true)
                return add(value.count - done, at..<range.upperBound, isExact: false)
            }
        }
        add(min(at - start, value.count - done), start..<at, isExact: true)
        add(value.count - done, at..<range.upperBound, isExact: false)
    }

    /// How many bytes of the value a reference stands for.
    private func referenceCount(_ reference: Range<Int>, _ end: Int) -> Int {
        let left = value.count - done
        let written = tag[reference]
        let isCharacter =
            tag[reference.lowerBound + 1] == 0x23
            || ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"].contains { written.elementsEqual($0.utf8) }
        if isCharacter {
            let lead = value[done]
            return min(left, lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4)
        }
        // Kept as it is written, or an entity of the document: as much as what is behind it leaves, where that is plain.
        if value[done...].starts(with: written) { return written.count }
        let rest = tag[reference.upperBound..<end]
        let isPlain = !rest.contains { $0 == 0x26 || $0 == 0x0D }
        return isPlain ? max(0, left - rest.count) : left
    }
}

extension XMLBatch {
    /// Where the value of an attribute of a start tag stands, in events of its text; one for the whole tag where that
    /// is not known.
    func places(_ attribute: XMLBridgeAttribute, _ event: XMLBridgeEvent) -> [XMLBridgeEvent] {
        var place = event
        place.start = attribute.start
        place.end = attribute.end
        place.flags = attribute.flags
        place.count = attribute.count
        guard let tag = source(event.start..<event.end),
            let found = AttributePlaces(value(attribute), of: names[Int(attribute.name)].written, in: tag)
        else { return [place] }
        return found.pieces.map { piece in
            place.start = event.start + UInt64(piece.range.lowerBound)
            place.end = event.start + UInt64(piece.range.upperBound)
            place.flags = piece.isExact ? UInt32(XMLBridgeExact) : 0
            place.count = UInt32(piece.count)
            place.line = event.line + UInt32(piece.lines)
            return place
        }
    }
}
