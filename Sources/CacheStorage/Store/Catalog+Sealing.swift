import FileAccess
import Safetensors

extension Catalog {
    private static let sealedField = "sealed"

    /// Title, metadata and source of a document as its row keeps them: in an encrypted store, sealed as one.
    func sealed(_ record: DocumentRecord) throws -> (
        title: String?, metadata: [String: String], source: String
    ) {
        guard let key else { return (record.title, record.metadata, record.source) }
        let title = record.title.map { HeaderJSON.quoted($0) } ?? "null"
        let text = """
            {"title":\(title),"metadata":\(StoreJSON.object(record.metadata)),"source":\(HeaderJSON.quoted(record.source))}
            """
        let bytes = try key.seal(Array(text.utf8), as: Self.name(record.collection, record.id))
        return (nil, [Self.sealedField: ContentDigest.hexText(bytes)], "")
    }

    /// The document that a row stands for, its sealed fields opened.
    func unsealed(_ row: StoredDocument) throws -> StoredDocument {
        guard let key else { return row }
        let damaged = Self.damagedRow("the document \(row.id)")
        guard let text = row.metadata[Self.sealedField], let bytes = ContentDigest.bytes(ofHexText: text)
        else {
            throw damaged
        }
        let json: HeaderJSON
        do {
            json = try HeaderJSON(parsing: key.open(bytes, as: Self.name(row.collection, row.id)))
        } catch is HeaderJSON.SyntaxError {
            throw damaged
        }
        guard case .object(let members)? = json["metadata"], case .string(let source)? = json["source"] else {
            throw damaged
        }
        var title: String?
        if case .string(let text)? = json["title"] { title = text }
        var metadata: [String: String] = [:]
        for member in members {
            guard case .string(let value) = member.value else { throw damaged }
            metadata[member.key] = value
        }
        return StoredDocument(
            collection: row.collection, id: row.id, title: title, metadata: metadata, source: source,
            textDigest: row.textDigest, textByteCount: row.textByteCount, textObject: row.textObject,
            textFileDigest: row.textFileDigest, cache: row.cache, companions: row.companions)
    }

    private static func name(_ collection: String, _ id: String) -> String {
        "row of document \(collection.utf8.count) \(collection) \(id)"
    }
}
