import Tokenization

/// Cuts a document's tokens into segments that end where a reader would pause.
///
/// A segment is as long as it may be; its end is the last paragraph end in its second half, else the last
/// line end there, else the last sentence end, else wherever the limit falls.
public struct SegmentCutter: Sendable {
    /// Tokens of a segment, the prompt's head not counted.
    public let limit: Int

    public init(limit: Int) {
        precondition(limit > 0, "a segment holds at least one token")
        self.limit = limit
    }

    /// Token ranges that follow each other and cover the document; one empty range for an empty document.
    public func cut(_ document: DocumentTokens) -> [Range<Int>] {
        var segments: [Range<Int>] = []
        var start = 0
        while document.count - start > limit {
            let end = self.end(after: start, document)
            segments.append(start..<end)
            start = end
        }
        segments.append(start..<document.count)
        return segments
    }

    private enum Pause: Int, Comparable {
        case none, sentence, line, paragraph
        static func < (a: Pause, b: Pause) -> Bool { a.rawValue < b.rawValue }
    }

    private func end(after start: Int, _ document: DocumentTokens) -> Int {
        var best = start + limit
        var strongest = Pause.none
        for end in stride(from: start + limit, to: start + limit / 2, by: -1) {
            let pause = self.pause(at: end, document)
            if pause > strongest {
                strongest = pause
                best = end
            }
            if pause == .paragraph { break }
        }
        return best
    }

    /// How strong a pause lies between tokens `end - 1` and `end`.
    private func pause(at end: Int, _ document: DocumentTokens) -> Pause {
        let text = document.text
        let byte = Int(document.encoding.starts[end])
        guard byte > 0, byte < text.count else { return .none }
        let newline = UInt8(ascii: "\n")
        var index = byte
        var lines = 0
        while index > 0, text[index - 1] == newline || text[index - 1] == UInt8(ascii: " ") {
            index -= 1
            if text[index] == newline { lines += 1 }
        }
        if lines > 0, text[byte] == newline { return .none }
        if lines > 1 { return .paragraph }
        if lines == 1 { return .line }
        let isMark =
            index > 0 && [UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?")].contains(text[index - 1])
        let isSpace = text[byte] == UInt8(ascii: " ") || index < byte
        return isMark && isSpace ? .sentence : .none
    }
}
