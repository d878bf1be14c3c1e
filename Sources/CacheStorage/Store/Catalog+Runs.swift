import GRDB
import Safetensors

extension Catalog {
    func record(_ run: RunRecord, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO runs (id, collection, command, version, definition, started, ended, status, counts)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                run.id, run.collection, run.command, run.version, run.definition, run.started, run.ended,
                run.status,
                StoreJSON.object(run.counts.mapValues { String($0) }),
            ])
    }

    func record(_ failure: FailureRecord, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO failures (run, collection, document, code, message, file, line, "column", path)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                failure.run, failure.collection, failure.document, failure.code, failure.message,
                failure.file,
                failure.line, failure.column, failure.path,
            ])
    }

    /// All runs, latest first.
    func runs(_ database: Database) throws -> [RunRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM runs ORDER BY started DESC, id DESC").map { row in
            guard let id = Self.text(row, "id"), let collection = Self.text(row, "collection"),
                let command = Self.text(row, "command"), let version = Self.text(row, "version"),
                let definition = Self.text(row, "definition"), let started = Self.integer(row, "started"),
                let status = Self.text(row, "status"), let counts = Self.text(row, "counts")
            else { throw Self.damagedRow("a run") }
            return RunRecord(
                id: id, collection: collection, command: command, version: version, definition: definition,
                started: started, ended: Self.integer(row, "ended"), status: status,
                counts: try StoreJSON.dictionary(counts).compactMapValues { Int($0) })
        }
    }

    /// The failures of a run in the order in which they were met.
    func failures(ofRun run: String, _ database: Database) throws -> [FailureRecord] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM failures WHERE run = ? ORDER BY number", arguments: [run]
        )
        .map { row in
            guard let collection = Self.text(row, "collection"), let code = Self.text(row, "code"),
                let message = Self.text(row, "message")
            else { throw Self.damagedRow("a failure") }
            return FailureRecord(
                run: run, collection: collection, document: Self.text(row, "document"), code: code,
                message: message, file: Self.text(row, "file"), line: Self.integer(row, "line"),
                column: Self.integer(row, "column"), path: Self.text(row, "path"))
        }
    }
}
