import Testing

@testable import Tokenization

/// Added tokens beside text.
@Suite struct AddedTokenTests {
    static func tokenizer(_ settings: [String: Any]) throws -> Tokenizer {
        var token: [String: Any] = ["id": 1104, "content": "<x>", "special": false, "normalized": false]
        token.merge(settings) { $1 }
        let json = try Fixtures.json("qwen2") { root in
            var list = root["added_tokens"] as? [Any] ?? []
            list.append(token)
            root["added_tokens"] = list
        }
        return try Tokenizer(json: json)
    }

    static func ranges(_ settings: [String: Any], _ text: String) throws -> [Range<Int>] {
        let encoding = try tokenizer(settings).encode(text, addingSpecialTokens: false)
        return (0..<encoding.count).filter { encoding.ids[$0] == 1104 }.map { encoding.offsets($0) }
    }

    @Test func spacesBesideATokenMayBelongToIt() throws {
        #expect(try Self.ranges([:], "a <x> b") == [2..<5])
        #expect(try Self.ranges(["lstrip": true], "a  <x> b") == [1..<6])
        #expect(try Self.ranges(["rstrip": true], "a <x> \u{3000}\nb") == [2..<10])
        #expect(try Self.ranges(["lstrip": true, "rstrip": true], "a <x> <x> b") == [1..<6, 6..<10])
    }

    @Test func singleWordsTouchNoWord() throws {
        #expect(try Self.ranges(["single_word": true], "<x> a<x> <x>a (<x>) \u{301}<x>") == [0..<3, 15..<18])
    }

    @Test func theLongestOfTheLeftmostMatches() throws {
        let text = "<x><x>>"
        #expect(try Self.ranges(["content": "<x><x>>"], text) == [0..<7])
        #expect(try Self.ranges(["content": "<x>"], text) == [0..<3, 3..<6])
    }

    @Test func normalisedTokensMatchNormalisedText() throws {
        let tokenizer = try Self.tokenizer(["content": "<\u{E9}>", "normalized": true])
        let encoding = tokenizer.encode("<e\u{301}>", addingSpecialTokens: false)
        #expect(encoding.ids == [1104])
        #expect(encoding.offsets(0) == 0..<5)
    }

    @Test func idsFollowTheVocabularyAndTheOrder() throws {
        #expect(try Self.tokenizer(["id": 2000]).tokenID("<x>") == 1104)
        #expect(try Self.tokenizer(["content": "Ġthe"]).vocabularySize == 1104)
    }

    @Test func specialTokensLeaveNoTrace() throws {
        let tokenizer = try Fixtures.tokenizer("qwen2")
        let ids = tokenizer.encode("a<|im_end|>b<tool_call>", addingSpecialTokens: false).ids
        #expect(tokenizer.decode(ids, skippingSpecialTokens: true) == "ab<tool_call>")
        #expect(tokenizer.specialTokenIDs == [1100, 1101, 1102])
        #expect(try Fixtures.tokenizer("llama3").beginningOfTextID == 1104)
        #expect(try Fixtures.tokenizer("llama2").endOfTextID == 2)
    }

    /// White space that one token has taken cannot be another token as well.
    @Test func tokensDoNotShareWhiteSpace() throws {
        let json = #"""
            {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "added_tokens": [
              {"id": 1, "content": "<m>", "rstrip": true, "normalized": false},
              {"id": 2, "content": "\n", "lstrip": true, "normalized": false}]}
            """#
        let tokenizer = try Tokenizer(json: Array(json.utf8))
        #expect(tokenizer.encode("<m>\n\na\n", addingSpecialTokens: false).ids == [1, 0, 2])
        #expect(tokenizer.encode("<m> \n a", addingSpecialTokens: false).ids == [1, 0])
    }
}
