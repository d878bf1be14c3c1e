/// The regular expressions that known tokenizers split text with, each as a scanner made by hand.
///
/// A scanner finds the end of the match that begins at a place. Every scalar is looked at a bounded number of
/// times, so splitting takes linear time whatever the text.
enum WordPattern: Sendable, Hashable {
    /// Contractions in any case, words with one character before them, digits in groups of at most so many,
    /// punctuation with the line ends after it, and white space that keeps line ends together.
    case chat(digits: Int)
    /// Contractions in lower case, words, numbers and punctuation, each with one space before it.
    case gpt2

    /// The pattern that a regular expression describes, or nil if it is none of the known ones.
    init?(regularExpression text: String) {
        let head = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
        let tail = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        switch text {
        case head + tail, head + "{1}" + tail, head + "{1,1}" + tail: self = .chat(digits: 1)
        case head + "{1,2}" + tail: self = .chat(digits: 2)
        case head + "{1,3}" + tail: self = .chat(digits: 3)
        case head + "+" + tail, head + "{1,}" + tail: self = .chat(digits: .max)
        case #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: self = .gpt2
        default: return nil
        }
    }
}

/// Finds the words of a text by a pattern.
struct WordScanner: Sendable {
    let pattern: WordPattern
    private let properties = ScalarProperties.shared

    private static let letter = ScalarProperties.letter
    private static let wordless = ScalarProperties.letter | ScalarProperties.number | ScalarProperties.space

    init(_ pattern: WordPattern) { self.pattern = pattern }

    /// The end of the match that begins at `start`; nothing at or after `end` is seen.
    func matchEnd(in text: Span<UInt8>, from start: Int, end: Int) -> Int {
        switch pattern {
        case .chat(let digits): chatEnd(text, start, end, digits)
        case .gpt2: gpt2End(text, start, end)
        }
    }

    private func chatEnd(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ digits: Int) -> Int {
        let (scalar, length) = text.scalar(at: start)
        let kind = properties[scalar]
        let second = start + length
        if scalar == 0x27, let contraction = contractionEnd(text, second, end, ignoringCase: true) {
            return contraction
        }
        if kind & Self.letter != 0 { return run(text, second, end) { $0 & Self.letter != 0 } }
        if kind & ScalarProperties.number != 0 {
            var index = second
            var count = 1
            while index < end, count < digits {
                let next = text.scalar(at: index)
                if properties[next.value] & ScalarProperties.number == 0 { break }
                index += next.length
                count += 1
            }
            return index
        }
        // One character that is neither letter, number nor line end may lead a word.
        if scalar != 0x0A, scalar != 0x0D, second < end {
            let next = text.scalar(at: second)
            if properties[next.value] & Self.letter != 0 {
                return run(text, second + next.length, end) { $0 & Self.letter != 0 }
            }
        }
        if kind & ScalarProperties.space == 0 {
            return lineEnds(text, run(text, second, end) { $0 & Self.wordless == 0 }, end)
        }
        if scalar == 0x20, second < end, properties[text.scalar(at: second).value] & Self.wordless == 0 {
            return lineEnds(text, run(text, second, end) { $0 & Self.wordless == 0 }, end)
        }
        return whiteSpaceEnd(text, start, end, keepingLineEnds: true)
    }

    private func gpt2End(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var (scalar, length) = text.scalar(at: start)
        if scalar == 0x27,
            let contraction = contractionEnd(text, start + length, end, ignoringCase: false)
        {
            return contraction
        }
        var index = start + length
        if scalar == 0x20, index < end {
            (scalar, length) = text.scalar(at: index)
            index += length
        }
        let kind = properties[scalar]
        if kind & ScalarProperties.space != 0 {
            return whiteSpaceEnd(text, start, end, keepingLineEnds: false)
        }
        if kind & Self.letter != 0 { return run(text, index, end) { $0 & Self.letter != 0 } }
        if kind & ScalarProperties.number != 0 {
            return run(text, index, end) { $0 & ScalarProperties.number != 0 }
        }
        return run(text, index, end) { $0 & Self.wordless == 0 }
    }

    @inline(__always)
    private func run(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, while belongs: (UInt8) -> Bool
    ) -> Int {
        var index = start
        while index < end {
            let (scalar, length) = text.scalar(at: index)
            if !belongs(properties[scalar]) { break }
            index += length
        }
        return index
    }

    private func lineEnds(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, text[index] == 0x0A || text[index] == 0x0D { index += 1 }
        return index
    }

    /// The end of `'s 't 're 've 'm 'll 'd`, given the place after the apostrophe.
    private func contractionEnd(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, ignoringCase: Bool
    ) -> Int? {
        func letter(_ index: Int) -> UInt8 {
            guard index < end else { return 0 }
            return ignoringCase && text[index] >= 0x41 && text[index] <= 0x5A
                ? text[index] | 0x20 : text[index]
        }
        switch letter(start) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 1
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return letter(start + 1) == UInt8(ascii: "e") ? start + 2 : nil
        case UInt8(ascii: "l"): return letter(start + 1) == UInt8(ascii: "l") ? start + 2 : nil
        // The long s (U+017F) is an s in another case.
        case 0xC5: return ignoringCase && letter(start + 1) == 0xBF ? start + 2 : nil
        default: return nil
        }
    }

    /// White space up to its last line end, else all of it but the character before a word, else one character.
    private func whiteSpaceEnd(
        _ text: Span<UInt8>, _ start: Int, _ end: Int, keepingLineEnds: Bool
    ) -> Int {
        var index = start
        var lastStart = start
        var afterLineEnd: Int?
        while index < end {
            let (scalar, length) = text.scalar(at: index)
            if properties[scalar] & ScalarProperties.space == 0 { break }
            lastStart = index
            index += length
            if scalar == 0x0A || scalar == 0x0D { afterLineEnd = index }
        }
        if keepingLineEnds, let afterLineEnd { return afterLineEnd }
        return index == end || lastStart == start ? index : lastStart
    }
}
