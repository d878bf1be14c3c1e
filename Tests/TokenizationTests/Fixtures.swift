import Foundation
import SystemPackage
import Testing

@testable import Tokenization

/// The tokenizers of the fixtures and what the reference library makes of some strings.
enum Fixtures {
    static let kinds = ["qwen2", "llama3", "llama2", "mistral-metaspace"]

    static func url(_ path: String) throws -> URL {
        let root = try #require(Bundle.module.resourceURL)
        return root.appendingPathComponent("Fixtures").appendingPathComponent(path)
    }

    static func tokenizer(_ kind: String) throws -> Tokenizer {
        try Tokenizer(contentsOf: FilePath(url("\(kind)/tokenizer.json").path))
    }

    static func expectations(_ kind: String) throws -> Expectations {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Expectations.self, from: Data(contentsOf: url("\(kind)/expected.json")))
    }

    /// The JSON of a tokenizer, with members of the top level or of the model replaced.
    static func json(_ kind: String, change: (inout [String: Any]) -> Void) throws -> [UInt8] {
        let data = try Data(contentsOf: url("\(kind)/tokenizer.json"))
        var root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        change(&root)
        return [UInt8](try JSONSerialization.data(withJSONObject: root))
    }
}

struct Expectations: Decodable {
    struct Text: Decodable {
        var text: String
        var ids: [Int32]
        var idsWithSpecial: [Int32]?
        var decoded: String
        var decodedWithSpecial: String?
        var pretokens: [String]?
    }
    struct Decoding: Decodable {
        var ids: [Int32]
        var decoded: String
        var decodedWithSpecial: String
    }
    var vocabSize: Int
    var strings: [Text]
    var decode: [Decoding]
}

/// Compares bytes: strings would count canonically equivalent texts as equal.
func expectSame(_ found: String, _ expected: String, _ comment: Comment? = nil) {
    #expect(Array(found.utf8) == Array(expected.utf8), comment)
}
