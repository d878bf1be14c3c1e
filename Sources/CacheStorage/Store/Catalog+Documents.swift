import FileAccess
import GRDB

extension Catalog {
    /// Puts a document and its passages in the place of whatever had its id.
    ///
    /// - Parameter fileDigest: the SHA-256 of the text object's file.
    /// - Returns: the name of the text object that was published before, if another was.
    func publish(_ object: TextObject, fileDigest: String, _ database: Database) throws -> String? {
        let record = object.record
        let row = try Row.fetchOne(
            database, sql: "SELECT number, text_object FROM documents WHERE collection = ? AND id = ?",
            arguments: [record.collection, record.id])
        let previous = row.flatMap { Self.text($0, "text_object") }
        if let number = row.flatMap({ Self.integer($0, "number") }) {
            try removeRows(ofDocument: number, database)
        }
        let fields = try sealed(record)
        let document = StoredDocument(
            collection: record.collection, id: record.id, title: fields.title, metadata: fields.metadata,
            source: fields.source, textDigest: object.textDigest, textByteCount: object.text.utf8.count,
            textObject: object.digest, textFileDigest: fileDigest, cache: object.cache,
            companions: object.companions)
        try database.execute(
            sql: """
                INSERT INTO documents (collection, id, title, metadata, source, text_object, text_file,
                    text_digest, text_bytes, cache, companions, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                record.collection, record.id, fields.title, StoreJSON.object(fields.metadata), fields.source,
                object.digest, fileDigest, object.textDigest, object.text.utf8.count, object.cache,
                object.companions.joined(separator: " "),
                Self.digest(of: document),
            ])
        let number = database.lastInsertedRowID
        for cache in document.caches {
            try database.execute(
                sql: "INSERT OR IGNORE INTO owners (identity, collection, id) VALUES (?, ?, ?)",
                arguments: [cache, record.collection, record.id])
        }
        // The passages of an encrypted store are indexed in memory, by those who search it.
        guard key == nil else { return previous == object.digest ? nil : previous }
        let text = Array(object.text.utf8)
        let insertPassage = try database.makeStatement(
            sql: """
                INSERT INTO passages (document, segment, first_window, end_window, first_byte, end_byte, digest)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        let insertText = try database.makeStatement(
            sql: "INSERT INTO passage_texts (rowid, title, text) VALUES (?, ?, ?)")
        for passage in object.passages {
            let piece = String(decoding: text[passage.bytes], as: UTF8.self)
            try insertPassage.execute(arguments: [
                number, passage.segment, passage.windows.lowerBound, passage.windows.upperBound,
                passage.bytes.lowerBound, passage.bytes.upperBound,
                Self.digest(of: passage, text: piece, document: object.digest),
            ])
            try insertText.execute(arguments: [database.lastInsertedRowID, record.title ?? "", piece])
        }
        return previous == object.digest ? nil : previous
    }

    /// Removes a document's rows; returns it, or nil where there is none.
    func remove(collection: String, id: String, _ database: Database) throws -> StoredDocument? {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM documents WHERE collection = ? AND id = ?",
                arguments: [collection, id])
        else { return nil }
        if let number = Self.integer(row, "number") { try removeRows(ofDocument: number, database) }
        return try document(row)
    }

    private func removeRows(ofDocument number: Int, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM passage_texts WHERE rowid IN (SELECT number FROM passages WHERE document = ?)",
            arguments: [number])
        try database.execute(sql: "DELETE FROM passages WHERE document = ?", arguments: [number])
        try database.execute(sql: "DELETE FROM documents WHERE number = ?", arguments: [number])
    }

    /// The next page of documents in byte order of collection and id.
    func documents(
        in collection: String?, after last: (collection: String, id: String)?, _ database: Database
    ) throws -> [StoredDocument] {
        // Written without OR, so that the index finds the page's beginning.
        let order = last == nil ? ">=" : ">"
        let condition =
            collection == nil ? "(collection, id) \(order) (?1, ?2)" : "collection = ?1 AND id \(order) ?2"
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM documents WHERE \(condition) ORDER BY collection, id LIMIT \(Self.pageRowCount)
                """, arguments: [collection ?? last?.collection ?? "", last?.id ?? ""])
        return try rows.map { try document($0) }
    }

    /// The document of a row, its digest checked.
    func document(_ row: Row) throws -> StoredDocument {
        guard let collection = Self.text(row, "collection"), let id = Self.text(row, "id"),
            let metadata = Self.text(row, "metadata"), let source = Self.text(row, "source"),
            let object = Self.text(row, "text_object"), let file = Self.text(row, "text_file"),
            let textDigest = Self.text(row, "text_digest"),
            let bytes = Self.integer(row, "text_bytes"), let companions = Self.text(row, "companions"),
            let digest = Self.text(row, "digest")
        else { throw Self.damagedRow("a document") }
        let document = StoredDocument(
            collection: collection, id: id, title: Self.text(row, "title"),
            metadata: try StoreJSON.dictionary(metadata), source: source, textDigest: textDigest,
            textByteCount: bytes, textObject: object, textFileDigest: file, cache: Self.text(row, "cache"),
            companions: companions.split(separator: " ").map { String($0) })
        guard Self.digest(of: document) == digest else { throw Self.damagedRow("the document \(id)") }
        return try unsealed(document)
    }

    /// The text in a column, or nil where it is of another type; never traps on a damaged row.
    static func text(_ row: Row, _ column: String) -> String? {
        guard let value: DatabaseValue = row[column] else { return nil }
        return String.fromDatabaseValue(value)
    }

    /// The number in a column, or nil where it is of another type.
    static func integer(_ row: Row, _ column: String) -> Int? {
        guard let value: DatabaseValue = row[column] else { return nil }
        return Int.fromDatabaseValue(value)
    }

    static func damagedRow(_ what: String) -> CacheStorageError {
        CacheStorageError(
            .catalog, "the catalog's row of \(what) is damaged; run 'pharos repair' to rebuild it")
    }

    private static func digest(of document: StoredDocument) -> String {
        rowDigest([
            document.collection, document.id, document.title, StoreJSON.object(document.metadata),
            document.source,
            document.textDigest, String(document.textByteCount), document.textObject, document.textFileDigest,
            document.cache,
            document.companions.joined(separator: " "),
        ])
    }

    static func digest(of passage: Passage, text: String, document: String) -> String {
        rowDigest([
            document, String(passage.segment), String(passage.windows.lowerBound),
            String(passage.windows.upperBound),
            String(passage.bytes.lowerBound), String(passage.bytes.upperBound), text,
        ])
    }

    /// The digest of a row's values, each with its length, so that no two rows have the same text.
    static func rowDigest(_ values: [String?]) -> String {
        var bytes: [UInt8] = []
        for value in values {
            if let value {
                bytes += "\(value.utf8.count) ".utf8
                bytes += value.utf8
                bytes.append(0x0A)
            } else {
                bytes += "null\n".utf8
            }
        }
        return ContentDigest.hex(of: bytes)
    }
}
