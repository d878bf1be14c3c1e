import Documents
import FileAccess
import Foundation

/// Where a document came from, as the store keeps it.
struct SourceNote: Codable {
    var file: String
    var member: String?
    var line: Int
    var path: String?
    /// The digest of the source map: a text that stays the same may move in its source.
    var map: String?
    /// Present where the document was uploaded: no source has it, and none takes it away.
    var upload: Bool?

    /// The note of a document; its file is named as in the document's id, so that a store is the same bytes
    /// wherever its sources lie.
    init(_ document: Document) {
        let (source, id) = (document.source, document.id)
        let name = id.lastIndex(of: "#").map { String(id[..<$0]) } ?? id
        if source.file.hasSuffix(name) {
            file = name
        } else {
            file = source.file.split(separator: "/").last.map(String.init) ?? source.file
        }
        member = source.member
        line = source.line
        path = source.path
        map = String(ContentDigest.hex(of: document.sourceMap.encoded).prefix(16))
        upload = source.isUpload ? true : nil
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
