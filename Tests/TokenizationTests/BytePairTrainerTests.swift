import Testing

@testable import Tokenization

/// Vocabularies made from texts.
@Suite struct BytePairTrainerTests {
    static let texts = [
        "The key of the third window is 4711.\nThe other windows hold no key.",
        "low lower lowest, new newer newest; wide wider widest 1234 5678",
    ]

    static func train(_ size: Int, _ texts: [String], composing: Bool = false) throws -> [UInt8] {
        var trainer = try BytePairTrainer(
            vocabularySize: size, specialTokens: ["<|endoftext|>"], composesText: composing)
        for text in texts { trainer.add(text) }
        return try trainer.train()
    }

    @Test func theVocabularyWorks() throws {
        let tokenizer = try Tokenizer(json: try Self.train(275, Self.texts))
        #expect(tokenizer.vocabularySize == 275)
        #expect(tokenizer.specialTokenIDs == [0])
        #expect(tokenizer.token(1) == "!")
        for text in Self.texts + ["unseen 😀 \u{0} text<|endoftext|>"] {
            let encoding = tokenizer.encode(text, addingSpecialTokens: true)
            expectSame(tokenizer.decode(encoding.ids, skippingSpecialTokens: false), text)
        }
        #expect(tokenizer.pieces(of: "a 12") == ["a", "Ġ", "1", "2"])
    }

    @Test func frequentPairsComeFirstAndTiesBySmallerIds() throws {
        let tokenizer = try Tokenizer(json: try Self.train(259, ["aab aab cd cd"]))
        // " c", "aa", "ab" and "cd" occur twice; of these the pair of the smallest ids is merged first.
        #expect(tokenizer.token(257) == "aa")
        #expect(tokenizer.token(258) == "cd")
    }

    @Test func theOrderOfTextsDoesNotMatter() throws {
        #expect(try Self.train(320, Self.texts) == Self.train(320, Self.texts.reversed()))
    }

    @Test func rarePairsAreNotMerged() throws {
        let tokenizer = try Tokenizer(json: try Self.train(1000, ["abc abd"]))
        #expect(tokenizer.vocabularySize < 270)
    }

    @Test func composedTextIsLearntComposed() throws {
        let tokenizer = try Tokenizer(
            json: try Self.train(258, ["e\u{301}e\u{301} e\u{301}"], composing: true))
        #expect(tokenizer.encode("e\u{301}", addingSpecialTokens: false).ids == [257])
    }

    @Test func impossibleOptionsAreRefused() {
        #expect(throws: TokenizationError.self) {
            try BytePairTrainer(vocabularySize: 256, specialTokens: ["x<"])
        }
        for tokens in [[""], ["<a>", "<a>"], ["Ġ"]] {
            #expect(throws: TokenizationError.self) {
                try BytePairTrainer(vocabularySize: 1000, specialTokens: tokens)
            }
        }
    }
}
