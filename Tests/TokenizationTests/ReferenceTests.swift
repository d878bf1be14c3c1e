import Testing

@testable import Tokenization

/// Everything the reference library's answers say, for every kind of tokenizer.
@Suite struct ReferenceTests {
    @Test(arguments: Fixtures.kinds) func encodesAndDecodesAsTheReference(kind: String) throws {
        let tokenizer = try Fixtures.tokenizer(kind)
        let expectations = try Fixtures.expectations(kind)
        #expect(tokenizer.vocabularySize == expectations.vocabSize)
        for row in expectations.strings {
            let plain = tokenizer.encode(row.text, addingSpecialTokens: false)
            let full = tokenizer.encode(utf8: Array(row.text.utf8), addingSpecialTokens: true)
            #expect(plain.ids == row.ids, "\(row.text.debugDescription)")
            #expect(full.ids == row.idsWithSpecial ?? row.ids, "\(row.text.debugDescription)")
            expectSame(tokenizer.decode(plain.ids, skippingSpecialTokens: true), row.decoded)
            expectSame(
                tokenizer.decode(full.ids, skippingSpecialTokens: false),
                row.decodedWithSpecial ?? row.decoded)
            if let pieces = row.pretokens { #expect(tokenizer.pieces(of: row.text) == pieces) }
        }
    }

    @Test(arguments: Fixtures.kinds) func decodesAnyTokensAsTheReference(kind: String) throws {
        let tokenizer = try Fixtures.tokenizer(kind)
        for row in try Fixtures.expectations(kind).decode {
            for skips in [true, false] {
                let expected = skips ? row.decoded : row.decodedWithSpecial
                expectSame(tokenizer.decode(row.ids, skippingSpecialTokens: skips), expected)
                var stream = tokenizer.makeStreamDecoder(skippingSpecialTokens: skips)
                var text = ""
                for id in row.ids { text += stream.append(id) }
                expectSame(text + stream.finish(), expected)
            }
        }
    }
}
