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
