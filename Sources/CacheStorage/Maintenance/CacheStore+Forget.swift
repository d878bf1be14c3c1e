import FileAccess
import GRDB
import SystemPackage

extension CacheStore {
    /// Removes every trace of a document: text, passages, rows, failures, and all caches ever made for it.
    ///
    /// The full-text index is merged and the catalog vacuumed, so that no page keeps a word of it. Caches that another
    /// document names stay. Caches whose document is no longer known, as after a repair, go too, since they may be its
    /// earlier versions. Copies that backups or the file system keep are out of reach.
    public func forget(_ id: String, in collection: String) throws -> ForgetReport {
        try requireWriting()
        var report = ForgetReport()
        let document = try findDocument(id, in: collection)
        report.wasPublished = document != nil
        report.passages = try catalog.read {
            try Int.fetchOne(
                $0,
                sql: """
                    SELECT COUNT(*) FROM passages JOIN documents ON documents.number = passages.document
                    WHERE collection = ? AND id = ?
                    """, arguments: [collection, id]) ?? 0
        }
        let doomed = try doomedCaches(id, in: collection, document)
        report.failures = try catalog.write { database in
            _ = try catalog.remove(collection: collection, id: id, database)
            for digest in doomed {
                try database.execute(sql: "DELETE FROM caches WHERE identity = ?", arguments: [digest])
                try database.execute(sql: "DELETE FROM owners WHERE identity = ?", arguments: [digest])
            }
            try database.execute(
                sql: "DELETE FROM owners WHERE collection = ? AND id = ?", arguments: [collection, id])
            try database.execute(
                sql: "DELETE FROM failures WHERE collection = ? AND document = ?",
                arguments: [collection, id])
            let failures = database.changesCount
            try database.execute(sql: "INSERT INTO passage_texts (passage_texts) VALUES ('optimize')")
            return failures
        }
        try CacheStorageError.translating(paths.root) {
            if let document {
                let path = paths.text(document.textObject)
                report.bytes += try FileSystem.kind(of: path) == nil ? 0 : FileSystem.byteCount(of: path)
                try removeText(document.textObject)
                report.texts = try FileSystem.kind(of: path) == nil ? 1 : 0
            }
            for digest in doomed {
                let path = paths.object(digest)
                for file in [path, ContextCacheWriter.journalPath(of: path)]
                where try FileSystem.kind(of: file) != nil {
                    report.bytes += try FileSystem.byteCount(of: file)
                    try FileSystem.remove(file)
                    if !report.caches.contains(digest) { report.caches.append(digest) }
                }
            }
        }
        try CacheStorageError.translating(paths.catalog) { try catalog.database.vacuum() }
        forgetUsage()
        return report
    }

    /// The caches made for a document, or for nobody known, that no other document names.
    private func doomedCaches(_ id: String, in collection: String, _ document: StoredDocument?) throws
        -> [String]
    {
        let (owned, ofOthers) = try catalog.read { database in
            (
                try Set(
                    String.fetchAll(
                        database, sql: "SELECT identity FROM owners WHERE collection = ? AND id = ?",
                        arguments: [collection, id])),
                try Set(
                    String.fetchAll(
                        database, sql: "SELECT identity FROM owners WHERE NOT (collection = ? AND id = ?)",
                        arguments: [collection, id]))
            )
        }
        var needed: Set<String> = []
        try forEachDocument { other in
            let isSame =
                other.id.utf8.elementsEqual(id.utf8) && other.collection.utf8.elementsEqual(collection.utf8)
            if !isSame { needed.formUnion(other.caches) }
        }
        var doomed = owned.union(document?.caches ?? []).subtracting(needed)
        if let document {
            doomed.formUnion(try caches(ofText: document.textDigest).map { $0.identity.digest })
        }
        for file in try list(paths.objects) {
            let digest =
                paths.objectDigest(of: file)
                ?? paths.journalDigest(of: file)
            if let digest, !ofOthers.contains(digest) { doomed.insert(digest) }
        }
        return doomed.subtracting(needed).sorted()
    }
}
