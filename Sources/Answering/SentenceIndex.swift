/// Sentences and lines of a text, by byte.
///
/// A sentence ends with its line, or after `.`, `!` or `?` that white space follows.
struct SentenceIndex {
    let text: [UInt8]
    /// First byte of each sentence, ascending.
    private let starts: [Int]
    private let lineStarts: [Int]

    init(_ text: [UInt8]) {
        self.text = text
        var starts = [0]
        var lines = [0]
        for index in text.indices.dropLast() {
            let isLineEnd = text[index] == UInt8(ascii: "\n")
            if isLineEnd { lines.append(index + 1) }
            let isMark = [UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?")].contains(text[index])
            if isLineEnd || isMark && text[index + 1] == UInt8(ascii: " ") { starts.append(index + 1) }
        }
        self.starts = starts
        lineStarts = lines
    }

    var count: Int { starts.count }

    /// Number of the sentence that holds `byte`.
    func sentence(at byte: Int) -> Int { Self.last(in: starts, notAfter: byte) }

    /// Line of `byte`, from 1.
    func line(at byte: Int) -> Int { Self.last(in: lineStarts, notAfter: byte) + 1 }

    /// Bytes of sentence `number` without the white space around it.
    func bytes(of number: Int) -> Range<Int> {
        var start = starts[number]
        var end = number + 1 < starts.count ? starts[number + 1] : text.count
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
        while start < end, isSpace(text[start]) { start += 1 }
        while end > start, isSpace(text[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func last(in starts: [Int], notAfter byte: Int) -> Int {
        var low = 0
        var high = starts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= byte { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
