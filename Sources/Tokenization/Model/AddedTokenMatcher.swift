/// Finds added tokens in a text: always the leftmost match, and the longest of those.
struct AddedTokenMatcher: Sendable {
    /// A token, its id and the bytes it is found by.
    struct Entry: Sendable {
        var token: AddedToken
        var id: Int32
        var pattern: [UInt8]

        func normalized(by normalizers: [Normalizer]) -> Entry {
            var entry = self
            for normalizer in normalizers {
                let text = entry.pattern
                if let changed = normalizer.apply(to: text.span, 0..<text.count) {
                    entry.pattern = changed.bytes
                }
            }
            return entry
        }
    }

    /// A stretch of text; `id` is nil between tokens.
    struct Stretch {
        var id: Int32?
        var range: Range<Int>
    }

    private let entries: [Entry]
    /// A trie over the patterns: from (node, byte) to the next node.
    private var edges: [UInt64: Int] = [:]
    /// The entry whose pattern ends at a node.
    private var ends: [Int?] = [nil]
    private var begins = [Bool](repeating: false, count: 256)

    init(_ entries: [Entry]) {
        self.entries = entries.filter { !$0.pattern.isEmpty }
        for (index, entry) in self.entries.enumerated() {
            begins[Int(entry.pattern[0])] = true
            var node = 0
            for byte in entry.pattern {
                let key = UInt64(node) << 8 | UInt64(byte)
                if edges[key] == nil {
                    edges[key] = ends.count
                    ends.append(nil)
                }
                node = edges[key] ?? 0
            }
            if ends[node] == nil { ends[node] = index }
        }
    }

    /// Whether there is nothing to find.
    var isEmpty: Bool { entries.isEmpty }

    /// The place up to which a text has been searched and cut.
    struct Cursor {
        fileprivate var searched: Int
        fileprivate var cut: Int
        fileprivate var pending: Stretch?

        init(_ range: Range<Int>) {
            searched = range.lowerBound
            cut = range.lowerBound
        }
    }

    /// The next stretch of `range`, or nil at its end.
    func next(in text: Span<UInt8>, _ range: Range<Int>, _ cursor: inout Cursor) -> Stretch? {
        if let stretch = cursor.pending {
            cursor.pending = nil
            return stretch
        }
        let start = cursor.cut
        if let found = nextToken(in: text, range, &cursor) {
            cursor.cut = found.range.upperBound
            if start >= found.range.lowerBound { return found }
            cursor.pending = found
            return Stretch(id: nil, range: start..<found.range.lowerBound)
        }
        cursor.cut = range.upperBound
        return start < range.upperBound ? Stretch(id: nil, range: start..<range.upperBound) : nil
    }

    private func nextToken(in text: Span<UInt8>, _ range: Range<Int>, _ cursor: inout Cursor) -> Stretch? {
        if entries.isEmpty { return nil }
        var index = cursor.searched
        while index < range.upperBound {
            guard begins[Int(text[index])], let match = longestMatch(text, at: index, end: range.upperBound)
            else {
                index += 1
                continue
            }
            cursor.searched = match.end
            let entry = entries[match.entry]
            if entry.token.isSingleWord, touchesWord(text, index..<match.end, in: range) {
                index = match.end
                continue
            }
            var first = index
            var last = match.end
            if entry.token.stripsLeft { first = max(cursor.cut, spaceStart(text, before: index, in: range)) }
            if entry.token.stripsRight { last = spaceEnd(text, from: last, in: range) }
            // The token before has taken this one, which is white space, with what follows it.
            if first >= last {
                index = match.end
                continue
            }
            return Stretch(id: entry.id, range: first..<last)
        }
        cursor.searched = range.upperBound
        return nil
    }

    private func longestMatch(
        _ text: Span<UInt8>, at start: Int, end: Int
    ) -> (entry: Int, end: Int)? {
        var node = 0
        var index = start
        var best: (entry: Int, end: Int)?
        while index < end, let next = edges[UInt64(node) << 8 | UInt64(text[index])] {
            node = next
            index += 1
            if let entry = ends[node] { best = (entry, index) }
        }
        return best
    }

    private func touchesWord(_ text: Span<UInt8>, _ match: Range<Int>, in range: Range<Int>) -> Bool {
        let properties = ScalarProperties.shared
        if match.lowerBound > range.lowerBound {
            let before = text.scalar(at: text.scalarStart(before: match.lowerBound)).value
            if properties[before] & ScalarProperties.word != 0 { return true }
        }
        guard match.upperBound < range.upperBound else { return false }
        return properties[text.scalar(at: match.upperBound).value] & ScalarProperties.word != 0
    }

    private func spaceStart(_ text: Span<UInt8>, before end: Int, in range: Range<Int>) -> Int {
        var start = end
        while start > range.lowerBound {
            let previous = text.scalarStart(before: start)
            if ScalarProperties.shared[text.scalar(at: previous).value] & ScalarProperties.space == 0 {
                break
            }
            start = previous
        }
        return start
    }

    private func spaceEnd(_ text: Span<UInt8>, from start: Int, in range: Range<Int>) -> Int {
        var end = start
        while end < range.upperBound {
            let (scalar, length) = text.scalar(at: end)
            if ScalarProperties.shared[scalar] & ScalarProperties.space == 0 { break }
            end += length
        }
        return end
    }
}
