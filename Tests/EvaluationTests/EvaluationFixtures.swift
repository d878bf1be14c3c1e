import Foundation
import SystemPackage
import Testing

/// Finds this target's fixtures.
enum EvaluationFixtures {
    static func path(_ name: String) throws -> FilePath {
        let root = try #require(Bundle.module.resourceURL)
        return FilePath(root.appendingPathComponent("Fixtures/\(name)").path)
    }

    /// The tiny random model `name`; its vocabulary has 97 tokens, its windows 16 raw tokens.
    static func model(_ name: String) throws -> FilePath { try path("beacon/models/\(name)") }

    /// Decodes a file of reference values.
    static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(contentsOf: URL(filePath: path("eval/\(name)").string)))
    }
}
