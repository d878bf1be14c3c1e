import Documents
import Foundation

/// Where a document came from, as the store keeps it.
struct SourceNote: Codable {
    var file: String
    var member: String?
    var line: Int
    var path: String?

    init(_ source: DocumentSource) {
        file = source.file
        member = source.member
        line = source.line
        path = source.path
    }

    init?(json: String) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
        } catch {
            return nil
        }
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
