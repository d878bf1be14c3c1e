import FileAccess
import GRDB

extension CacheStore {
    /// How a document stands to the cache of identity `expected`.
    ///
    /// - Parameters:
    ///   - document: the document as published; nil where it is not in the store.
    ///   - opening: whether the cache's header is read as well. Without it, a cache counts as fresh when the catalog
    ///     knows it and the file has the size noted there, which is enough for a plan over many documents.
    ///   - former: the cache that the document has in its place; its main one unless given.
    public func state(
        of document: StoredDocument?, expected: CacheIdentity, former: String? = nil, opening: Bool = true
    ) throws -> CacheState {
        let path = paths.object(expected.digest)
        do {
            let bytes = try CacheStorageError.translating(path) { try FileSystem.byteCount(of: path) }
            let noted = try catalog.read { try catalog.byteCount(ofCache: expected.digest, $0) }
            if let noted, noted != bytes {
                throw CacheStorageError(
                    .damaged, "the file has \(bytes) bytes; the catalog says \(noted)", path: path)
            }
            if opening || noted == nil { _ = try openCache(expected) }
            return .fresh
        } catch let error as CacheStorageError where error.code == .catalog {
            throw error
        } catch let error as CacheStorageError where error.code != .missing {
            return .broken(error)
        } catch is CacheStorageError {
            // There is none; what else is known of the document?
        }
        guard let document else { return .missing }
        if let digest = former ?? document.cache, digest != expected.digest,
            let cache = try catalog.read({ try catalog.cache(digest, $0) })
        {
            return .stale(expected.difference(from: cache.identity))
        }
        return .missing
    }

    /// What is to be said where a cache of a document is asked for and is not there: whether it was pruned,
    /// which the catalog then knows, or its file went away, and what makes it again.
    ///
    /// - Parameter cache: its digest; nil where the document never had one.
    public func absence(ofCache cache: String?, of document: StoredDocument) throws -> CacheStorageError {
        let remedy = try remedy(for: document.collection)
        guard let cache else {
            return CacheStorageError(
                .pruned, "the document \"\(document.id)\" has no cache; \(remedy)", path: paths.root)
        }
        if try self.cache(digest: cache) == nil {
            return CacheStorageError(
                .pruned, "the cache of \"\(document.id)\" was pruned; \(remedy)", path: paths.object(cache))
        }
        return CacheStorageError(
            .missing, "the file of a cache of \"\(document.id)\" is missing; \(remedy)",
            path: paths.object(cache))
    }

    /// The command that makes a collection's caches again, as far as the history tells it.
    private func remedy(for collection: String) throws -> String {
        let commands = try runs().filter { $0.collection == collection }.map {
            $0.command.split(separator: " ", maxSplits: 1).map { String($0) }
        }
        let pipelines: Set = ["run", "retry", "schedule", "merge"]
        if let known = commands.first(where: { $0.count == 2 && pipelines.contains($0[0]) }) {
            return "'pharos run \(known[1])' computes it again"
        }
        if commands.contains(where: { $0.first == "add" }) {
            return "'pharos add --collection \(collection)' with its file computes it again"
        }
        return "'pharos run' computes it again"
    }

    /// The last failure of a document, unless it was published since; nil where there is none.
    public func lastFailure(of id: String, in collection: String) throws -> FailureRecord? {
        try catalog.read { database in
            let run = try String.fetchOne(
                database,
                sql: """
                    SELECT runs.id FROM failures JOIN runs ON runs.id = failures.run
                    WHERE failures.collection = ? AND failures.document = ? ORDER BY runs.started DESC, runs.id DESC LIMIT 1
                    """, arguments: [collection, id])
            return try run.flatMap { run in
                try catalog.failures(ofRun: run, database).last {
                    $0.collection.utf8.elementsEqual(collection.utf8)
                        && $0.document.map { $0.utf8.elementsEqual(id.utf8) } ?? false
                }
            }
        }
    }
}
