import Foundation
import SystemPackage
import Testing

@testable import Tokenization

/// Files that are no tokenizers end in an error, never in a trap.
@Suite struct MalformedTokenizerTests {
    static let minimal = #"""
        {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}}
        """#

    static func code(_ json: String) -> TokenizationError.Code? {
        do {
            _ = try Tokenizer(json: Array(json.utf8))
            return nil
        } catch let error as TokenizationError {
            return error.code
        } catch {
            return nil
        }
    }

    static func model(_ rest: String) -> String { #"{"model": {"type": "BPE", \#(rest)}}"# }

    @Test func aMinimalFileIsRead() throws {
        let tokenizer = try Tokenizer(json: Array(Self.minimal.utf8))
        #expect(tokenizer.encode("abba", addingSpecialTokens: true).ids == [2, 1, 0])
        #expect(tokenizer.decode([2, 1, 7, -1, .max], skippingSpecialTokens: false) == "ab b")
    }

    @Test(arguments: [
        "", "{", "[1,2", "{\"a\" 1}", "{\"a\":1,}", "nul", "{} {}", "\"\u{1}\"", #""\ud800""#,
        #""\ud800\u0041""#, #""\q""#,
        "{\"a\":01}", "{\"a\":-}", "{\"a\":1e999}", #"{"a":1,"a":2}"#, String(repeating: "[", count: 100_000),
    ]) func brokenJSONIsRefused(json: String) {
        #expect(Self.code(json) == .malformedJSON, "\(json.prefix(40))")
    }

    @Test("Words that are cut at random have no tokens to rely on")
    func dropoutIsRefused() {
        let rest = #""vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]], "dropout": "#
        #expect(Self.code(Self.model(rest + "0.1")) == .unsupportedComponent)
        #expect(Self.code(Self.model(rest + "null")) == nil)
        #expect(Self.code(Self.model(rest + "0.0")) == nil)
    }

    @Test("Replacements of replacements cannot make a line into gigabytes")
    func growthIsBounded() {
        func json(_ steps: Int) -> String {
            let step = #"{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}"#
            let steps = [String](repeating: step, count: steps).joined(separator: ",")
            let normalizer = #"{"type": "Sequence", "normalizers": [\#(steps)]}"#
            return Self.minimal.replacing(#"{"model""#, with: #"{"normalizer": \#(normalizer), "model""#)
        }
        #expect(Self.code(json(8)) == nil)
        #expect(Self.code(json(9)) == .invalidTokenizer)
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: TokenizationError.self) { try Tokenizer(json: [0x22, 0xFF, 0x22]) }
    }

    @Test(arguments: [
        "{}", "[]", "null", #"{"model": 5}"#, model(#""merges": []"#), model(#""vocab": {"a": 0}"#),
        model(#""vocab": {"a": -1}, "merges": []"#), model(#""vocab": {"a": 4294967296}, "merges": []"#),
        model(#""vocab": {"a": 99999999999999999999999}, "merges": []"#),
        model(#""vocab": {"a": 0.5}, "merges": []"#),
        model(#""vocab": {"a": 0, "b": 0}, "merges": []"#), model(#""vocab": [], "merges": []"#),
        model(#""vocab": {"a": 0}, "merges": ["a"]"#), model(#""vocab": {"a": 0}, "merges": ["a  a"]"#),
        model(#""vocab": {"a": 0}, "merges": [["a"]]"#), model(#""vocab": {"a": 0}, "merges": [["a", "a"]]"#),
        model(#""vocab": {"a": 0}, "merges": [["x", "a"]]"#),
        model(#""vocab": {"a": 0}, "merges": [[1, 2]]"#),
        model(#""vocab": {"a": 0}, "merges": [], "unk_token": "u""#),
        model(#""vocab": {"a": 0}, "merges": [], "byte_fallback": "yes""#),
    ]) func uselessModelsAreRefused(json: String) {
        #expect(Self.code(json) == .invalidTokenizer, "\(json)")
    }

    @Test(arguments: [
        (
            "pre_tokenizer",
            #"{"type": "Split", "pattern": {"Regex": "\\w+"}, "behavior": "Isolated", "invert": false}"#
        ),
        ("pre_tokenizer", #"{"type": "BertPreTokenizer"}"#), ("normalizer", #"{"type": "NFKC"}"#),
        ("normalizer", #"{"type": "Replace", "pattern": {"Regex": "a"}, "content": ""}"#),
        ("decoder", #"{"type": "WordPiece"}"#), ("post_processor", #"{"type": "BertProcessing"}"#),
        ("post_processor", #"{"type": "TemplateProcessing", "single": [], "special_tokens": {}}"#),
    ]) func whatIsNotKnownIsNamed(member: String, json: String) {
        let file = #"{"\#(member)": \#(json), "model": {"vocab": {"a": 0}, "merges": []}}"#
        #expect(Self.code(file) == .unsupportedComponent, "\(file)")
    }

    @Test(arguments: [
        ("added_tokens", #"[{"id": 0}]"#), ("added_tokens", #"[{"id": -1, "content": "x"}]"#),
        ("added_tokens", #"[{"id": 99999999999, "content": "x"}]"#), ("added_tokens", "5"),
        ("pre_tokenizer", #"{"type": "Metaspace", "replacement": "ab"}"#), ("pre_tokenizer", "[]"),
        ("pre_tokenizer", #"{"type": "Split", "pattern": {"String": " "}, "behavior": "Odd"}"#),
        ("decoder", #"{"type": "Strip", "content": "", "start": 1, "stop": 0}"#),
        ("decoder", #"{"type": "Strip", "content": " ", "start": -1, "stop": 0}"#),
        (
            "post_processor",
            #"{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}, {"Sequence": {"id": "A"}}], "special_tokens": {}}"#
        ),
    ]) func faultySettingsAreRefused(member: String, json: String) {
        let file = #"{"\#(member)": \#(json), "model": {"vocab": {"a": 0}, "merges": []}}"#
        #expect(Self.code(file) == .invalidTokenizer, "\(file)")
    }

    @Test func aMissingFileIsNamed() {
        let path = FilePath("/nonexistent/tokenizer.json")
        do {
            _ = try Tokenizer(contentsOf: path)
            Issue.record("read a file that does not exist")
        } catch {
            #expect((error as? TokenizationError)?.code == .unreadableFile)
            #expect((error as? TokenizationError)?.context["path"] == path.string)
        }
    }

    /// Every prefix of a file, and the file with any byte changed, is read or refused.
    @Test func damagedFilesAreReadOrRefused() {
        let bytes = Array(Self.minimal.utf8)
        for length in bytes.indices { _ = Self.code(String(decoding: bytes[..<length], as: UTF8.self)) }
        for index in bytes.indices {
            for byte in [UInt8(ascii: "\""), 0x00, UInt8(ascii: "9"), 0xFF, UInt8(ascii: "]")] {
                var damaged = bytes
                damaged[index] = byte
                do { _ = try Tokenizer(json: damaged).encode("ab", addingSpecialTokens: true) } catch {}
            }
        }
    }

    /// Merges that make a token anew from its parts, and from itself, still end.
    @Test func strangeMergesTerminate() throws {
        let json = Self.model(
            #""vocab": {"": 0, "a": 1, "aa": 2, "aaa": 3}, "merges": [["", "a"], ["a", ""], ["aa", "a"], ["a", "aa"], ["a", "a"]]"#
        )
        let tokenizer = try Tokenizer(json: Array(json.utf8))
        let text = String(repeating: "a", count: 1000)
        let encoding = tokenizer.encode(text, addingSpecialTokens: false)
        #expect(encoding.ends.last == 1000)
    }

    @Test(arguments: [
        #""normalizer": {"type": "Replace", "pattern": {"String": ""}, "content": "b"}"#,
        #""pre_tokenizer": {"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated"}"#,
        #""pre_tokenizer": {"type": "Split", "pattern": {"String": "a"}, "behavior": "Isolated", "invert": true}"#,
    ]) func emptyAndInvertedPatternsAreRefused(setting: String) {
        let json = #"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "# + setting + "}"
        #expect(Self.code(json) == .unsupportedComponent)
    }
}
