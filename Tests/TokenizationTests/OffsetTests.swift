import Testing

@testable import Tokenization

/// The byte ranges of tokens.
@Suite struct OffsetTests {
    @Test(arguments: Fixtures.kinds) func rangesAscendAndCoverTheText(kind: String) throws {
        let tokenizer = try Fixtures.tokenizer(kind)
        for row in try Fixtures.expectations(kind).strings {
            let encoding = tokenizer.encode(row.text, addingSpecialTokens: false)
            var end = 0
            for index in 0..<encoding.count {
                let range = encoding.offsets(index)
                #expect(range.lowerBound <= end, "\(row.text.debugDescription) token \(index)")
                #expect(range.upperBound >= end)
                end = range.upperBound
            }
            #expect(end == row.text.utf8.count || encoding.count == 0, "\(row.text.debugDescription)")
        }
    }

    @Test func partsOfACharacterCoverTheirOwnBytes() throws {
        let encoding = try Fixtures.tokenizer("qwen2").encode("a你", addingSpecialTokens: false)
        #expect(encoding.starts == [0, 1, 2, 3])
        #expect(encoding.ends == [1, 2, 3, 4])
    }

    @Test func composedTextMapsToWhatItWasComposedFrom() throws {
        let encoding = try Fixtures.tokenizer("qwen2").encode("xe\u{301}x", addingSpecialTokens: false)
        #expect((0..<encoding.count).map { encoding.offsets($0) } == [0..<1, 1..<4, 4..<5])
    }

    @Test func insertedTextHasNoExtent() throws {
        for kind in ["llama2", "mistral-metaspace"] {
            let tokenizer = try Fixtures.tokenizer(kind)
            let encoding = tokenizer.encode("x y", addingSpecialTokens: true)
            #expect(encoding.ids.map { tokenizer.token($0) } == ["<s>", "▁", "x", "▁", "y"])
            #expect((0..<5).map { encoding.offsets($0) } == [0..<0, 0..<0, 0..<1, 1..<2, 2..<3])
        }
    }

    @Test func addedTokensHaveTheirPlace() throws {
        let tokenizer = try Fixtures.tokenizer("qwen2")
        let encoding = tokenizer.encode("é<|im_end|>e\u{301}", addingSpecialTokens: false)
        #expect(encoding.ids.last == tokenizer.encode("é", addingSpecialTokens: false).ids.last)
        let place = try #require(encoding.ids.firstIndex(of: tokenizer.tokenID("<|im_end|>") ?? -1))
        #expect(encoding.offsets(place) == 2..<12)
        #expect(encoding.offsets(encoding.count - 1) == 12..<15)
    }

    @Test func malformedBytesCountAsGiven() throws {
        let tokenizer = try Fixtures.tokenizer("qwen2")
        let bytes: [UInt8] = [0x61, 0xFF, 0xE4, 0xBD, 0x62]
        let encoding = tokenizer.encode(utf8: bytes, addingSpecialTokens: false)
        let repaired = tokenizer.encode("a\u{FFFD}\u{FFFD}b", addingSpecialTokens: false)
        #expect(encoding.ids == repaired.ids)
        #expect(encoding.offsets(encoding.count - 1) == 4..<5)
        #expect(encoding.offsets(0) == 0..<1)
    }
}
