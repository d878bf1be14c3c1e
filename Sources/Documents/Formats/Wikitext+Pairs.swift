extension Wikitext {
    private struct Opening {
        /// The byte that is doubled, or `|` for a table.
        var kind: UInt8
        var at: Int
        /// How many braces are still open.
        var count = 2
    }

    /// For each opening `[[`, `{{`, `{{{` or `{|`, each comment and each tag whose content is no wikitext, the place
    /// behind what closes it.
    static func pairs(_ bytes: UnsafeBufferPointer<UInt8>) -> [PlaceTable.Entry] {
        var closing: [PlaceTable.Entry] = []
        var open: [Opening] = []
        var regions = Regions(bytes)
        var at = 0
        while at + 1 < bytes.count {
            let byte = bytes[at]
            // Letters and spaces first: they are most of what there is.
            guard byte == 0x3C || byte >= 0x5B, byte <= 0x5D || byte >= 0x7B else {
                at += 1
                continue
            }
            switch (byte, bytes[at + 1]) {
            case (0x3C, let next):
                // Brackets in comments and formulas are none.
                if next == 0x21 || next >= 0x41, let end = regions.end(at) {
                    closing.append(.init(place: at, value: end))
                    at = end
                } else {
                    at += 1
                }
            case (0x5B, 0x5B):
                open.append(Opening(kind: byte, at: at))
                at += 2
            case (0x7B, 0x7B):
                let count = run(bytes, at)
                open.append(Opening(kind: byte, at: at, count: count))
                at += count
            case (0x7B, 0x7C) where startsLine(bytes, at):
                open.append(Opening(kind: 0x7C, at: at))
                at += 2
            case (0x7D, 0x7D):
                at = closeBraces(at, run(bytes, at), &open, &closing)
            case (0x5D, 0x5D), (0x7C, 0x7D):
                let kind: UInt8 = byte == 0x5D ? 0x5B : 0x7C
                // `|}}` ends a template whose last argument is empty.
                if kind == 0x7C, at + 2 < bytes.count, bytes[at + 2] == 0x7D {
                    at += 1
                    continue
                }
                // Close the nearest one of the kind; what was opened inside stays open and is text.
                if let place = open.suffix(64).lastIndex(where: { $0.kind == kind }) {
                    closing.append(.init(place: open[place].at, value: at + 2))
                    open.removeSubrange(place...)
                    at += 2
                } else {
                    at += 1
                }
            default: at += 1
            }
        }
        return closing
    }

    /// Closes templates with two braces each and parameters with three, from the inside; gives the place behind.
    private static func closeBraces(
        _ start: Int, _ count: Int, _ open: inout [Opening], _ closing: inout [PlaceTable.Entry]
    ) -> Int {
        var at = start
        let end = start + count
        while end - at >= 2, let place = open.suffix(64).lastIndex(where: { $0.kind == 0x7B }) {
            open.removeSubrange((place + 1)...)
            let closed = min(end - at, open[place].count, 3)
            at += closed
            open[place].count -= closed
            closing.append(.init(place: open[place].at + open[place].count, value: at))
            if open[place].count < 2 { open.removeLast() }
        }
        return end
    }

    private static func run(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var at = start + 1
        while at < bytes.count, bytes[at] == bytes[start] { at += 1 }
        return at - start
    }

    /// Whether nothing but indentation stands before a place in its line.
    private static func startsLine(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
        var at = place
        while at > 0, bytes[at - 1] == 0x20 || bytes[at - 1] == 0x3A { at -= 1 }
        return at == 0 || bytes[at - 1] == 0x0A
    }
}

/// Finds where comments and tags end whose content is no wikitext.
private struct Regions {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// What is not closed once is not closed later: no second search of the whole page.
    private var unclosed: Set<String> = []

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The place behind what begins at a `<`; `nil` when that is nothing of the kind, or is never closed.
    mutating func end(_ at: Int) -> Int? {
        if bytes[at + 1] == 0x21 {
            guard at + 3 < bytes.count, bytes[at + 2] == 0x2D, bytes[at + 3] == 0x2D else { return nil }
            return commentEnd(at + 4)
        }
        guard let (name, nameEnd) = Wikitext.tagName(bytes, at + 1),
            Wikitext.dropped.contains(name) || Wikitext.verbatim.contains(name),
            let close = bytes[nameEnd..<min(bytes.count, nameEnd + 2048)].firstIndex(of: 0x3E),
            bytes[close - 1] != 0x2F, !unclosed.contains(name)
        else { return nil }
        if let end = closingTag(Array(name.utf8), from: close + 1) { return end }
        unclosed.insert(name)
        return nil
    }

    /// A comment that is not closed goes on to the end.
    private func commentEnd(_ start: Int) -> Int {
        var at = start
        while at + 2 < bytes.count {
            if bytes[at] == 0x2D, bytes[at + 1] == 0x2D, bytes[at + 2] == 0x3E { return at + 3 }
            at += 1
        }
        return bytes.count
    }

    private func closingTag(_ name: [UInt8], from start: Int) -> Int? {
        var at = start
        while at + name.count + 2 < bytes.count {
            guard bytes[at] == 0x3C, bytes[at + 1] == 0x2F,
                name.indices.allSatisfy({ bytes[at + 2 + $0] | 0x20 == name[$0] })
            else {
                at += 1
                continue
            }
            at += 2 + name.count
            while at < bytes.count, isSpace(bytes[at]) { at += 1 }
            if at < bytes.count, bytes[at] == 0x3E { return at + 1 }
        }
        return nil
    }
}
