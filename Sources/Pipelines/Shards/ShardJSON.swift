import FileAccess
import Foundation
import SystemPackage

/// The shards' own small files: one JSON object, keys sorted, so that equal values are equal bytes.
enum ShardJSON {
    /// The most bytes of such a file.
    private static let limit = 1 << 16

    static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    /// Reads the file at `path`, or nil where there is none.
    /// - Throws: ``PipelinesError`` of code `damagedShards` where it holds something else.
    static func read<Value: Decodable>(_ type: Value.Type, _ path: FilePath) throws -> Value? {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path, limit: limit)
        } catch let error as FileAccessError where error.code == .missing {
            return nil
        }
        return try decode(type, bytes, path, line: nil)
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: some Collection<UInt8>, _ path: FilePath, line: Int?
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw PipelinesError(
                .damagedShards,
                "\(path)\(line.map { ":\($0)" } ?? ""): cannot be read as what a shard writes",
                context: ["path": path.string])
        }
    }
}
