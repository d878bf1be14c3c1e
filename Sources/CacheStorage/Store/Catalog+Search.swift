import GRDB
import Safetensors

extension Catalog {
    /// The most words of a query that are looked up.
    static let maximumQueryWords = 64

    /// A query in the full-text index's language: every word of `text` as a phrase of its own, any of which may match.
    ///
    /// Nil where `text` has no letter or digit.
    static func expression(_ text: String) -> String? {
        var words: [String] = []
        for word in text.split(whereSeparator: { $0.isWhitespace }) {
            let letters = word.unicodeScalars.filter {
                $0.properties.isAlphabetic || $0.properties.numericType != nil
            }
            guard !letters.isEmpty, words.count < maximumQueryWords else { continue }
            let kept = word.unicodeScalars.filter { $0 != "\"" && $0.value >= 0x20 }
            words.append("\"" + String(String.UnicodeScalarView(kept)) + "\"")
        }
        return words.isEmpty ? nil : words.joined(separator: " OR ")
    }

    /// The passages that fit `query` best by BM25, best first; equal scores in the order of collection, document, place.
    func search(
        _ query: String, collections: [String]?, documents: [String]?, limit: Int, _ database: Database
    ) throws -> [SearchHit] {
        guard let expression = Self.expression(query), limit > 0 else { return [] }
        var sql = """
            SELECT documents.collection, documents.id, documents.title, documents.text_object, passages.segment,
                passages.first_window, passages.end_window, passages.first_byte, passages.end_byte, passages.digest,
                passage_texts.text AS passage_text, bm25(passage_texts) AS score
            FROM passage_texts
            JOIN passages ON passages.number = passage_texts.rowid
            JOIN documents ON documents.number = passages.document
            WHERE passage_texts MATCH ?
            """
        var arguments: StatementArguments = [expression]
        for (column, values) in [("collection", collections), ("id", documents)] {
            guard let values else { continue }
            sql += " AND documents.\(column) IN (SELECT value FROM json_each(?))"
            arguments += ["[" + values.map { HeaderJSON.quoted($0) }.joined(separator: ",") + "]"]
        }
        sql += " ORDER BY score, documents.collection, documents.id, passages.first_byte LIMIT ?"
        arguments += [limit]
        return try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
            let (passage, text) = try Self.passage(row)
            guard let collection = Self.text(row, "collection"), let id = Self.text(row, "id"),
                let value: DatabaseValue = row["score"], let score = Double.fromDatabaseValue(value)
            else { throw Self.damagedRow("a passage") }
            return SearchHit(
                collection: collection, document: id, title: Self.text(row, "title"), passage: passage,
                text: text,
                score: -score)
        }
    }

    /// Checks every passage's row and text against its digest.
    func verifyPassages(_ database: Database) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT documents.id, documents.text_object, passages.*, passage_texts.text AS passage_text
                FROM passages LEFT JOIN documents ON documents.number = passages.document
                LEFT JOIN passage_texts ON passage_texts.rowid = passages.number
                """)
        while let row = try rows.next() { _ = try Self.passage(row) }
    }

    /// The passage of a row and its text, its digest checked.
    private static func passage(_ row: Row) throws -> (passage: Passage, text: String) {
        let numbers = ["segment", "first_window", "end_window", "first_byte", "end_byte"].compactMap {
            integer(row, $0)
        }
        guard numbers.count == 5, numbers[1] <= numbers[2], numbers[3] <= numbers[4],
            let object = text(row, "text_object"), let text = text(row, "passage_text")
        else { throw damagedRow("a passage") }
        let passage = Passage(
            segment: numbers[0], windows: numbers[1]..<numbers[2], bytes: numbers[3]..<numbers[4])
        guard Self.text(row, "digest") == digest(of: passage, text: text, document: object) else {
            throw damagedRow("a passage of \(Self.text(row, "id") ?? "a document")")
        }
        return (passage, text)
    }
}
