import FileAccess
import GRDB
import Safetensors
import SystemPackage

extension CacheStore {
    /// Removes every trace of a document: text, passages, rows, failures, all caches ever made for it, and the lines
    /// about it in the files of runs.
    ///
    /// The full-text index is merged and the catalog vacuumed, so that no page keeps a word of it. Caches that another
    /// document names stay. Caches whose document is no longer known, as after a repair, go too, since they may be its
    /// earlier versions. Stores of shards that still lie beside a merged one forget it too, and must run again before
    /// they are merged again. Copies that backups or the file system keep are out of reach.
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
        // Where the disk is too full for the transaction, the caches go first; forgetting again goes on from
        // there.
        let removeCaches = { try self.removeCaches(doomed, &report) }
        report.failures = try makingRoom(by: removeCaches) { database in
            _ = try catalog.remove(collection: collection, id: id, database)
            for digest in doomed {
                try database.execute(sql: "DELETE FROM caches WHERE identity = ?", arguments: [digest])
                try database.execute(sql: "DELETE FROM owners WHERE identity = ?", arguments: [digest])
            }
            try database.execute(
                sql: "DELETE FROM owners WHERE collection = ? AND id = ?", arguments: [collection, id])
            try database.execute(
                sql: "DELETE FROM failures WHERE \(Self.isFailureOfDocument)", arguments: [collection, id])
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
        }
        try removeCaches()
        report.runLines = try forgetInRuns(id, in: collection)
        do {
            try CacheStorageError.translating(paths.catalog) { try catalog.database.vacuum() }
        } catch let error as CacheStorageError where error.code == .noSpace {
            // Pages that are free hold zeros already; the file only stays as long as it was.
        }
        forgetUsage()
        for directory in try shardRoots() {
            let shard = try CacheStore(directory, access: .writing(command: "forget"), key: key)
            report.add(try shard.forget(id, in: collection))
        }
        return report
    }

    /// Removes caches and their journals, as far as they are there.
    private func removeCaches(_ digests: [String], _ report: inout ForgetReport) throws {
        try CacheStorageError.translating(paths.objects) {
            for digest in digests {
                let path = paths.object(digest)
                for file in [path, ContextCacheWriter.journalPath(of: path)]
                where try FileSystem.kind(of: file) != nil {
                    report.bytes += try FileSystem.byteCount(of: file)
                    try FileSystem.remove(file)
                    if !report.caches.contains(digest) { report.caches.append(digest) }
                }
            }
        }
    }

    /// Whether there is anything to forget of a document: rows, caches made for it, failures, lines about
    /// runs, or any of these in a shard's store.
    public func knows(_ id: String, in collection: String) throws -> Bool {
        let isInCatalog = try catalog.read { database in
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM documents WHERE collection = ?1 AND id = ?2)
                        OR EXISTS (SELECT 1 FROM owners WHERE collection = ?1 AND id = ?2)
                        OR EXISTS (SELECT 1 FROM failures WHERE \(Self.isFailureOfDocument))
                    """, arguments: [collection, id]) ?? false
        }
        if isInCatalog { return true }
        for file in try runFiles(of: collection) {
            let lines = try CacheStorageError.translating(file) {
                try FileSystem.read(file).split(separator: 0x0A)
            }
            if lines.contains(where: { Self.isAbout(Array($0), document: id, orUnreadable: false) }) {
                return true
            }
        }
        return try shardRoots().contains { try CacheStore($0, key: key).knows(id, in: collection) }
    }

    /// Failures of document `?2` in collection `?1`, or of the file that is the document.
    private static let isFailureOfDocument = """
        collection = ?1 AND (document = ?2
            OR (document IS NULL AND (file = ?2 OR substr(file, -length(?2) - 1) = '/' || ?2)))
        """

    /// The stores of shards under this one.
    private func shardRoots() throws -> [FilePath] {
        try CacheStorageError.translating(paths.shards) {
            guard try FileSystem.kind(of: paths.shards) == .directory else { return [] }
            return try FileSystem.list(paths.shards).map { paths.shards.appending($0) }
                .filter { try FileSystem.kind(of: StorePaths($0).marker) == .file }
        }
    }

    /// Rewrites the plans and failures of the collection's runs without the document; returns how many lines went.
    private func forgetInRuns(_ id: String, in collection: String) throws -> Int {
        var count = 0
        // What unfinished runs noted of their sources is read again.
        for file in try list(paths.runs) where file.extension == "journal" {
            try CacheStorageError.translating(file) { try FileSystem.remove(file) }
        }
        for file in try runFiles(of: collection) {
            count += try CacheStorageError.translating(file) {
                let lines = try FileSystem.read(file).split(separator: 0x0A)
                let kept = lines.filter { !Self.isAbout(Array($0), document: id) }
                guard kept.count < lines.count else { return 0 }
                try AtomicFile.replace(file, with: kept.flatMap { $0 + [0x0A] })
                return lines.count - kept.count
            }
        }
        return count
    }

    /// The plans and failures of a collection's runs, and of those that the catalog lost, which may be its.
    private func runFiles(of collection: String) throws -> [FilePath] {
        let collections = try Dictionary(runs().map { ($0.id, $0.collection) }, uniquingKeysWith: { $1 })
        return try list(paths.runs).filter { file in
            let run = file.removingLastComponent().lastComponent?.string ?? ""
            return file.extension == "ndjson" && collections[run] ?? collection == collection
        }
    }

    /// Whether a line of a run's file names the document, or the file that is the document.
    ///
    /// - Parameter orUnreadable: what a line that cannot be read counts as.
    private static func isAbout(_ line: [UInt8], document: String, orUnreadable: Bool = true) -> Bool {
        let json: HeaderJSON
        do {
            json = try HeaderJSON(parsing: line)
        } catch {
            // A line that cannot be read may say anything.
            return orUnreadable
        }
        if json["id"] == .string(document) || json["document"] == .string(document) { return true }
        guard json["document"] == nil, case .string(let file)? = json["file"] else { return false }
        return file.utf8.elementsEqual(document.utf8)
            || Array(file.utf8).suffix(document.utf8.count + 1)
                .elementsEqual(Array("/\(document)".utf8))
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
