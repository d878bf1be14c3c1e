import FileAccess
import GRDB
import Synchronization
import SystemPackage

extension CacheStore {
    /// Publishes a document: its text, the passages that a search may find, and the cache it is answered from.
    ///
    /// The text is durable before the catalog changes, and the catalog changes at once. What the document was before
    /// is replaced, and its former text removed; its former cache stays until it is pruned.
    ///
    /// - Parameters:
    ///   - cache: the identity of its cache, which must lie in the store.
    ///   - companions: further caches of the same text, such as a finer copy, which must lie in the store.
    ///   - summary: what ``ContextCacheWriter/finish()`` gave, which saves reading the cache to know its digest.
    ///   - companionSummaries: the same for `companions`, as far as they were just written.
    @discardableResult
    public func publish(
        _ record: DocumentRecord, text: String, passages: [Passage], cache: CacheIdentity? = nil,
        summary: CacheSummary? = nil, companions: [CacheIdentity] = [],
        companionSummaries: [CacheSummary] = []
    ) throws -> StoredDocument {
        try requireWriting()
        let object = try TextObject(
            record: record, text: text, passages: passages, cache: cache?.digest,
            companions: companions.map { $0.digest })
        let stored =
            try (cache.map { [$0] } ?? []).map { try describe($0, summary: summary) }
            + companions.map { companion in
                try describe(companion, summary: companionSummaries.first { $0.identity == companion })
            }
        let path = paths.text(object.digest)
        let fileDigest = try CacheStorageError.translating(path) {
            let bytes = try object.bytes(key: key)
            if try FileSystem.kind(of: path) == nil || FileSystem.read(path) != bytes {
                try FileSystem.createDirectory(path.removingLastComponent())
                try AtomicFile.replace(path, with: bytes)
            }
            return ContentDigest.hex(of: bytes)
        }
        let former = try catalog.write { database in
            for cache in stored { try catalog.record(cache, database) }
            return try catalog.publish(object, fileDigest: fileDigest, database)
        }
        if let former { try removeText(former) }
        addUsage(companionSummaries.reduce(summary?.byteCount ?? 0) { $0 + $1.byteCount })
        searchIndex.withLock { $0 = nil }
        return try document(record.id, in: record.collection)
    }

    /// The catalog's description of a cache that lies in the store.
    private func describe(_ identity: CacheIdentity, summary: CacheSummary?) throws -> StoredCache {
        let reader = try openCache(identity)
        let known = try catalog.read { try catalog.cache(identity.digest, $0) }
        if let known, known.byteCount == reader.byteCount, summary == nil { return known }
        return try Self.describe(reader, fileDigest: summary?.fileDigest, isPinned: known?.isPinned ?? false)
    }

    static func describe(_ reader: ContextCacheReader, fileDigest: String?, isPinned: Bool) throws
        -> StoredCache
    {
        let digest =
            try fileDigest
            ?? CacheStorageError.translating(reader.path) { try ContentDigest.hex(ofFile: reader.path) }
        return StoredCache(
            identity: reader.identity, byteCount: reader.byteCount, fileDigest: digest,
            payloadByteCount: reader.payloadByteCount, tokens: reader.tokenCount,
            windows: reader.shape.windowCount,
            beacons: reader.shape.beaconCount, segments: reader.shape.segments.count, isPinned: isPinned)
    }

    /// The names of all collections that have documents, in byte order.
    public func collections() throws -> [String] {
        try catalog.read {
            try String.fetchAll($0, sql: "SELECT DISTINCT collection FROM documents ORDER BY collection")
        }
    }

    /// All documents, of one collection or of all, in byte order of collection and id.
    public func documents(in collection: String? = nil) throws -> [StoredDocument] {
        var result: [StoredDocument] = []
        try forEachDocument(in: collection) { result.append($0) }
        return result
    }

    /// Calls `body` with each document in byte order of collection and id, without holding all of them.
    ///
    /// The catalog is read a page at a time, and `body` is called between pages: a writer waits for no more than one.
    /// What is published meanwhile may be among the documents or not.
    public func forEachDocument(in collection: String? = nil, _ body: (StoredDocument) throws -> Void) throws
    {
        var last: (collection: String, id: String)?
        while true {
            let page = try catalog.lookup { try catalog.documents(in: collection, after: last, $0) }
            for document in page {
                try body(document)
                last = (document.collection, document.id)
            }
            if page.count < Catalog.pageRowCount { return }
        }
    }

    /// The document `id` of a collection.
    public func document(_ id: String, in collection: String) throws -> StoredDocument {
        guard let document = try findDocument(id, in: collection) else {
            throw CacheStorageError(
                .unknown,
                "there is no document \"\(id)\" in the collection \"\(collection)\"; 'pharos ls' lists them",
                path: paths.root)
        }
        return document
    }

    /// The document `id` of a collection, or nil.
    public func findDocument(_ id: String, in collection: String) throws -> StoredDocument? {
        try catalog.lookup { database in
            let statement = try database.cachedStatement(
                sql: "SELECT * FROM documents WHERE collection = ? AND id = ?")
            return try Row.fetchOne(statement, arguments: [collection, id]).map { try catalog.document($0) }
        }
    }

    /// The text of a document, checked against its digest.
    public func text(of document: StoredDocument) throws -> String { try textObject(of: document).text }

    /// The text of a document, checked against its digest, to be read a piece at a time.
    public func textReader(of document: StoredDocument) throws -> TextReader {
        let path = paths.text(document.textObject)
        return try namingLostText(of: document, path) {
            try TextReader(path, digest: document.textObject, textDigest: document.textDigest, key: key)
        }
    }

    /// The passages of a document, in order of their place.
    public func passages(of document: StoredDocument) throws -> [Passage] {
        try textObject(of: document).passages
    }

    /// The encoded source map of a document.
    public func sourceMap(of document: StoredDocument) throws -> [UInt8] {
        try textObject(of: document).record.sourceMap
    }

    private func textObject(of document: StoredDocument) throws -> TextObject {
        let path = paths.text(document.textObject)
        let object = try namingLostText(of: document, path) {
            try TextObject(path, digest: document.textObject, key: key)
        }
        guard object.textDigest == document.textDigest, object.record.id.utf8.elementsEqual(document.id.utf8)
        else {
            throw CacheStorageError(
                .damaged,
                "the text of \"\(document.id)\" is not the one that was published; run 'pharos repair'",
                path: path)
        }
        return object
    }

    private func namingLostText<Result>(
        of document: StoredDocument, _ path: FilePath, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as CacheStorageError where error.code == .missing {
            throw CacheStorageError(
                .damaged,
                "the text of \"\(document.id)\" is gone; run 'pharos repair', then what brought the document in",
                path: path)
        }
    }

    /// The passages that fit `query` best by BM25, best first.
    ///
    /// - Parameters:
    ///   - collections: only documents of these; nil for all.
    ///   - documents: only documents with these ids; nil for all.
    public func search(
        _ query: String, collections: [String]? = nil, documents: [String]? = nil, limit: Int
    ) throws -> [SearchHit] {
        if key == nil { try checkSum() }
        let catalog = try key == nil ? catalog : indexInMemory()
        return try catalog.read {
            try catalog.search(query, collections: collections, documents: documents, limit: limit, $0)
        }
    }

    /// The passages of all documents of an encrypted store, read from their texts again whenever another handle or
    /// process has changed the catalog.
    private func indexInMemory() throws -> Catalog {
        try searchIndex.withLock { index in
            while true {
                let version = try dataVersion()
                if let index, index.version == version { return index.catalog }
                do {
                    let new = try indexedTexts()
                    index = (new, version)
                    return new
                } catch {
                    // A document may have gone while its text was about to be read.
                    guard try dataVersion() != version else { throw error }
                }
            }
        }
    }

    /// Changes whenever another connection changes the catalog.
    private func dataVersion() throws -> Int {
        try catalog.lookup { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    }

    private func indexedTexts() throws -> Catalog {
        let index = try Catalog()
        let documents = try documents()
        try index.write { database in
            for document in documents {
                _ = try index.publish(
                    textObject(of: document), fileDigest: document.textFileDigest, database)
            }
        }
        return index
    }

    /// Checks the catalog's digest once, before what the full-text index says is relied on.
    private func checkSum() throws {
        try isSumChecked.withLock { isChecked in
            guard !isChecked else { return }
            try CatalogSum(catalog: paths.catalog).verify()
            isChecked = true
        }
    }

    /// Removes a document's rows and text; its cache stays until it is pruned.
    ///
    /// - Returns: the document, or nil where there was none.
    @discardableResult
    public func removeDocument(_ id: String, in collection: String) throws -> StoredDocument? {
        try requireWriting()
        searchIndex.withLock { $0 = nil }
        let removed = try catalog.write { try catalog.remove(collection: collection, id: id, $0) }
        if let removed { try removeText(removed.textObject) }
        return removed
    }

    /// Removes a text object unless a document still names it.
    func removeText(_ digest: String) throws {
        let isNamed = try catalog.read {
            try Bool.fetchOne(
                $0, sql: "SELECT EXISTS (SELECT 1 FROM documents WHERE text_object = ?)", arguments: [digest])
                ?? false
        }
        guard !isNamed else { return }
        try CacheStorageError.translating(paths.texts) { try FileSystem.remove(paths.text(digest)) }
    }
}
