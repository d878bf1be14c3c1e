import Testing

@testable import Tokenization

/// Cutting text into words.
@Suite struct PreTokenizationTests {
    static func words(_ text: String, _ pattern: WordPattern) -> [String] {
        let bytes = Array(text.utf8)
        let scanner = WordScanner(pattern)
        var words: [String] = []
        var start = 0
        while start < bytes.count {
            let end = scanner.matchEnd(in: bytes.span, from: start, end: bytes.count)
            words.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        return words
    }

    @Test func theKnownExpressionsAreTold() {
        let qwen =
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        #expect(WordPattern(regularExpression: qwen) == .chat(digits: 1))
        #expect(
            WordPattern(regularExpression: qwen.replacing(#"\p{N}| "#, with: #"\p{N}{1,3}| "#))
                == .chat(digits: 3))
        #expect(WordPattern(regularExpression: #"\w+"#) == nil)
    }

    @Test func digitsGoOneByOneOrInGroups() {
        #expect(Self.words("a 1234½", .chat(digits: 1)) == ["a", " ", "1", "2", "3", "4", "½"])
        #expect(Self.words("a 1234½", .chat(digits: 3)) == ["a", " ", "123", "4½"])
        #expect(Self.words("a 1234½", .gpt2) == ["a", " 1234½"])
    }

    @Test func contractionsStandAlone() {
        #expect(Self.words("I'Ll don't'ſx'", .chat(digits: 1)) == ["I", "'Ll", " don", "'t", "'ſ", "x", "'"])
        #expect(Self.words("I'Ll we'll", .gpt2) == ["I", "'", "Ll", " we", "'ll"])
    }

    @Test func whiteSpaceKeepsLineEndsTogether() {
        #expect(Self.words("a \t\r\n\n  b", .chat(digits: 1)) == ["a", " \t\r\n\n", " ", " b"])
        #expect(Self.words("a \t\r\n\n  b", .gpt2) == ["a", " \t\r\n\n ", " b"])
        #expect(
            Self.words("!\n\n x\u{3000}\u{3000}", .chat(digits: 1)) == ["!\n\n", " x", "\u{3000}\u{3000}"])
        #expect(Self.words("\u{3000}x \u{0}\n", .chat(digits: 1)) == ["\u{3000}x", " \u{0}\n"])
    }

    @Test func marksAreNotLetters() {
        #expect(Self.words("e\u{301}a", .chat(digits: 1)) == ["e", "\u{301}a"])
    }

    @Test(arguments: [
        (PreTokenizer.SplitBehavior.removed, ["the", "final", "countdown"]),
        (.isolated, ["the", "-", "final", "-", "-", "countdown"]),
        (.mergedWithPrevious, ["the-", "final-", "-", "countdown"]),
        (.mergedWithNext, ["the", "-final", "-", "-countdown"]),
        (.contiguous, ["the", "-", "final", "--", "countdown"]),
    ]) func literalCutsFollowTheirBehavior(behavior: PreTokenizer.SplitBehavior, expected: [String]) {
        let bytes = Array("the-final--countdown".utf8)
        let pieces = TextCutter.pieces(of: bytes.span, 0..<bytes.count, at: [0x2D], behavior)
        #expect(pieces.map { String(decoding: bytes[$0], as: UTF8.self) } == expected)
    }
}
