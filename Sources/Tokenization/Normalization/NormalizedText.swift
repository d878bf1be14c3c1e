/// The result of normalising a piece of text: new bytes, and the places where they differ.
struct NormalizedText: Sendable {
    /// The normalised text.
    var bytes: [UInt8]
    /// Where it differs from the text it came from.
    var edits: TextEdits
}

/// Places where one text was replaced by another, in ascending order; between them the texts are equal.
struct TextEdits: Sendable {
    private var oldStarts: [Int32] = []
    private var oldEnds: [Int32] = []
    private var newStarts: [Int32] = []
    private var newEnds: [Int32] = []

    var isEmpty: Bool { oldStarts.isEmpty }

    /// Notes that `old` of the old text became `new` of the new text.
    mutating func append(old: Range<Int>, new: Range<Int>) {
        oldStarts.append(Int32(truncatingIfNeeded: old.lowerBound))
        oldEnds.append(Int32(truncatingIfNeeded: old.upperBound))
        newStarts.append(Int32(truncatingIfNeeded: new.lowerBound))
        newEnds.append(Int32(truncatingIfNeeded: new.upperBound))
    }

    /// The range of the old text that a range of the new text came from.
    ///
    /// A range that covers part of a replacement maps to all that was replaced. Text that was inserted maps to an
    /// empty range.
    func oldRange(of range: Range<Int>) -> Range<Int> {
        oldRange(
            of: range, first: lastEdit(startingAtOrBefore: range.lowerBound),
            last: lastEdit(startingAtOrBefore: range.upperBound - 1))
    }

    /// Takes the ranges of tokens, from one on, back to the old text, moved by `base`.
    ///
    /// The ranges ascend, so the edits are walked once beside them.
    func mapBack(_ sink: inout TokenSink, from firstToken: Int, base: Int) {
        var first = -1
        var last = -1
        for index in firstToken..<sink.ids.count {
            let range = Int(sink.starts[index])..<Int(sink.ends[index])
            walk(&first, to: range.lowerBound)
            walk(&last, to: range.upperBound - 1)
            let old = oldRange(of: range, first: first, last: last)
            sink.starts[index] = Int32(truncatingIfNeeded: old.lowerBound + base)
            sink.ends[index] = Int32(truncatingIfNeeded: old.upperBound + base)
        }
    }

    private func oldRange(of range: Range<Int>, first: Int, last: Int) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        if first >= 0 {
            start =
                range.lowerBound < Int(newEnds[first])
                ? Int(oldStarts[first]) : range.lowerBound + Int(oldEnds[first]) - Int(newEnds[first])
        }
        if last >= 0 {
            end =
                range.upperBound <= Int(newEnds[last])
                ? Int(oldEnds[last]) : range.upperBound + Int(oldEnds[last]) - Int(newEnds[last])
        }
        return start..<max(start, end)
    }

    /// Moves from an edit to the last one that starts at or before a place.
    private func walk(_ edit: inout Int, to place: Int) {
        while edit + 1 < newStarts.count, Int(newStarts[edit + 1]) <= place { edit += 1 }
        while edit >= 0, Int(newStarts[edit]) > place { edit -= 1 }
    }

    /// The last edit whose new text starts at or before a place, -1 if there is none.
    private func lastEdit(startingAtOrBefore place: Int) -> Int {
        var low = 0
        var high = newStarts.count
        while low < high {
            let middle = (low + high) / 2
            if Int(newStarts[middle]) <= place { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}

/// Builds a normalised text from left to right; untouched stretches are copied, changes noted.
struct TextEditor {
    private var bytes: [UInt8] = []
    private var edits = TextEdits()
    private let base: Int
    private var copied: Int

    /// Starts at the beginning of `range`; the edits count from there.
    init(_ range: Range<Int>) {
        base = range.lowerBound
        copied = range.lowerBound
    }

    /// Copies what comes before `range`, then puts `replacement` in its place.
    mutating func replace(_ range: Range<Int>, in text: Span<UInt8>, with replacement: [UInt8]) {
        copy(text, upTo: range.lowerBound)
        let start = bytes.count
        bytes.append(contentsOf: replacement)
        edits.append(old: range.lowerBound - base..<range.upperBound - base, new: start..<bytes.count)
        copied = range.upperBound
    }

    /// The text up to `end`, or nil if nothing was replaced.
    mutating func finish(_ text: Span<UInt8>, end: Int) -> NormalizedText? {
        if edits.isEmpty { return nil }
        copy(text, upTo: end)
        return NormalizedText(bytes: bytes, edits: edits)
    }

    private mutating func copy(_ text: Span<UInt8>, upTo end: Int) {
        while copied < end {
            bytes.append(text[copied])
            copied += 1
        }
    }
}
