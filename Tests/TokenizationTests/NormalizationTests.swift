import Foundation
import Testing

@testable import Tokenization

/// Normalised text and where it came from.
@Suite struct NormalizationTests {
    static func apply(_ normalizer: Normalizer, _ text: String) -> (text: String, edits: TextEdits)? {
        let bytes = Array(text.utf8)
        return normalizer.apply(to: bytes.span, 0..<bytes.count).map {
            (String(decoding: $0.bytes, as: UTF8.self), $0.edits)
        }
    }

    @Test func composesAsFoundationDoes() {
        var seed: UInt64 = 7
        func random(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        let pools: [[UInt32]] = [
            Array(0x61...0x7A), Array(0x300...0x340), Array(0xC0...0x17F), Array(0x1100...0x1112),
            Array(0x1161...0x1175), Array(0xAC00...0xAC40), Array(0x1E00...0x1EFF),
            Array(0x915...0x93C), [0x3099, 0x304B, 0x212B, 0x2126, 0xF900, 0x1D15E],
        ]
        for _ in 0..<300 {
            var text = String.UnicodeScalarView()
            for _ in 0..<random(12) + 1 {
                let pool = pools[random(pools.count)]
                if let scalar = Unicode.Scalar(pool[random(pool.count)]) { text.append(scalar) }
            }
            let string = String(text)
            expectSame(
                Self.apply(.composed, string)?.text ?? string, string.precomposedStringWithCanonicalMapping)
            expectSame(
                Self.apply(.decomposed, string)?.text ?? string, string.decomposedStringWithCanonicalMapping)
        }
    }

    @Test func composedTextIsLeftAlone() {
        for text in ["", "plain", "déjà vu 한국어 你好 😀", "q\u{303}"] {
            #expect(Self.apply(.composed, text) == nil, "\(text)")
        }
    }

    @Test func editsAreAsSmallAsTheyCanBe() throws {
        let (text, edits) = try #require(Self.apply(.composed, "a\u{F907}e\u{301}z"))
        expectSame(text, "a\u{9F9C}\u{E9}z")
        #expect(edits.oldRange(of: 0..<1) == 0..<1)
        #expect(edits.oldRange(of: 1..<4) == 1..<4)
        #expect(edits.oldRange(of: 4..<6) == 4..<7)
        #expect(edits.oldRange(of: 5..<6) == 4..<7)
        #expect(edits.oldRange(of: 6..<7) == 7..<8)
        #expect(edits.oldRange(of: 3..<7) == 1..<8)
    }

    @Test func otherStepsChangeWhatTheySay() throws {
        #expect(Self.apply(.prepend([0x5F]), "ab")?.text == "_ab")
        #expect(Self.apply(.prepend([0x5F]), "") == nil)
        #expect(Self.apply(.lowercase, "ÀbC İ")?.text == "àbc i\u{307}")
        #expect(Self.apply(.strip(left: true, right: false), " \u{3000}a ")?.text == "a ")
        #expect(Self.apply(.strip(left: true, right: true), " \n")?.text.isEmpty == true)
        let (text, edits) = try #require(
            Self.apply(.replace(pattern: Array("ab".utf8), content: Array("▁".utf8)), "xabab"))
        #expect(text == "x▁▁")
        #expect(edits.oldRange(of: 2..<5) == 1..<5)
    }

    @Test func malformedBytesBecomeReplacementCharacters() {
        let bytes: [UInt8] = [0x61, 0xF0, 0x9F, 0x98, 0x62, 0xED, 0xA0, 0x80, 0xC0, 0xE2, 0x82]
        expectSame(
            String(decoding: repairUTF8(bytes).bytes, as: UTF8.self), String(decoding: bytes, as: UTF8.self))
    }

    @Test func whatIsPutInFrontAfterAReplacementIsNotReplaced() throws {
        func ids(_ order: String) throws -> [Int32] {
            let json =
                #"{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}, "normalizer": "#
                + #"{"type": "Sequence", "normalizers": ["# + order + "]}}"
            return try Tokenizer(json: Array(json.utf8)).encode("ab", addingSpecialTokens: false).ids
        }
        let replace = #"{"type": "Replace", "pattern": {"String": "a"}, "content": "b"}"#
        let prepend = #"{"type": "Prepend", "prepend": "a"}"#
        #expect(try ids(replace + "," + prepend) == [0, 1, 1])
        #expect(try ids(prepend + "," + replace) == [1, 1, 1])
    }
}
