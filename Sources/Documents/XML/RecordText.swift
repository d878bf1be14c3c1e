/// The character data and layout of one record, collected while it streams by and put together at its end, when it
/// is known which elements have text of their own.
struct RecordText {
    private enum Operation {
        case text(count: Int, origin: TextBuilder.Origin, line: Int, element: Int, preserved: Bool)
        /// An element starts or ends; `parent` is a number in `mixed`, -1 for none.
        case edge(role: RecordRules.Role, parent: Int, line: Int, element: Int, isStart: Bool)
    }

    /// What stands between two pieces of text.
    private enum Gap: Int, Comparable {
        case none, space, tab, line, paragraph
        static func < (a: Gap, b: Gap) -> Bool { a.rawValue < b.rawValue }
    }

    private(set) var bytes: [UInt8] = []
    private var operations: [Operation] = []
    /// For each element, whether it has text of its own.
    private var mixed: [Bool] = []
    /// Words touch somewhere, and somewhere white space stands between words.
    private var marksSpaces = false

    var count: Int { bytes.count }

    mutating func reset() {
        bytes.removeAll(keepingCapacity: bytes.capacity < 1 << 20)
        operations.removeAll(keepingCapacity: operations.capacity < 1 << 16)
        mixed.removeAll(keepingCapacity: true)
        marksSpaces = false
    }

    /// Registers an element; the number is for `parent` and `noteText`.
    mutating func addElement() -> Int {
        mixed.append(false)
        return mixed.count - 1
    }

    mutating func noteText(in element: Int) {
        if element >= 0 { mixed[element] = true }
    }

    mutating func noteMarkedSpace() { marksSpaces = true }

    mutating func append(
        _ piece: UnsafeBufferPointer<UInt8>, from origin: TextBuilder.Origin, line: Int, element: Int,
        preserved: Bool
    ) {
        bytes.append(contentsOf: piece)
        operations.append(
            .text(count: piece.count, origin: origin, line: line, element: element, preserved: preserved))
    }

    mutating func edge(_ role: RecordRules.Role, parent: Int, line: Int, element: Int, isStart: Bool) {
        operations.append(.edge(role: role, parent: parent, line: line, element: element, isStart: isStart))
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
        var afterToken = false
        var emitted = 0
        var at = 0
        bytes.withUnsafeBufferPointer { bytes in
            for operation in operations {
                switch operation {
                case .edge(let role, let parent, _, _, let isStart):
                    var wanted = Gap.none
                    if role.contains(.block) || role.contains(.preformatted) {
                        wanted = .paragraph
                    } else if role.contains(.line) {
                        wanted = .line
                    } else if role.contains(.cell) {
                        wanted = isStart ? .none : .tab
                    } else if role.contains(.space) {
                        wanted = .space
                    } else if role.contains(.token) {
                        if isStart, afterToken, !marksSpaces { wanted = .space }
                        afterToken = !isStart
                    } else if byContent, parent >= 0, !mixed[parent], role.isEmpty {
                        wanted = .paragraph
                    }
                    if role.contains(.join) {
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
                    while at < end {
                        if !preserved, isSpace(bytes[at]) {
                            let from = at
                            let startLine = line
                            while at < end, isSpace(bytes[at]) {
                                if bytes[at] == 0x0A { line += 1 }
                                at += 1
                            }
                            if gap == .none, !joins {
                                gap = .space
                                space = origin.range(from - start, at - from)
                            } else if gap == .space, let known = space,
                                let more = origin.range(from - start, at - from)
                            {
                                space =
                                    known.upperBound == more.lowerBound
                                    ? known.lowerBound..<more.upperBound : known
                            }
                            _ = startLine
                            continue
                        }
                        var stop = at
                        if preserved {
                            stop = end
                        } else {
                            // A single space between two words goes along.
                            while stop < end {
                                if !isSpace(bytes[stop]) {
                                    stop += 1
                                } else if bytes[stop] == 0x20, stop + 1 < end, !isSpace(bytes[stop + 1]) {
                                    stop += 2
                                } else {
                                    break
                                }
                            }
                        }
                        emitted += separate(&builder, gap, space, line, element)
                        gap = .none
                        space = nil
                        joins = false
                        afterToken = false
                        let piece = UnsafeBufferPointer(rebasing: bytes[at..<stop])
                        emitted += scalarCount(piece)
                        builder.append(
                            piece, from: origin.advanced(by: at - start), line: line, element: element)
                        if preserved { line += piece.count { $0 == 0x0A } }
                        at = stop
                    }
                }
            }
        }
        let replaced = builder.replaced
        let finished = builder.finish(elements: elements)
        return (finished.text, finished.map, emitted, replaced)
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
        case .space:
            if ended { return 0 }
            guard let space else {
                builder.add(" ", line: line, element: element)
                return 0
            }
            builder.append([0x20][...], from: .block(space), line: line, element: element)
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
