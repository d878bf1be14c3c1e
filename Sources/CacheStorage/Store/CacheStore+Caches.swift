import FileAccess
import GRDB
public import SystemPackage

extension CacheStore {
    /// A writer of the cache of that identity, which goes on where an earlier run was stopped.
    public func cacheWriter(
        _ identity: CacheIdentity, layout: ContextCacheLayout, level: Int = 3,
        extending older: ContextCacheReader? = nil,
        reusableWindows: Int = 0
    ) throws -> ContextCacheWriter {
        try requireWriting()
        return try ContextCacheWriter(
            paths.object(identity.digest), identity: identity, layout: layout, level: level, extending: older,
            reusableWindows: reusableWindows, key: key)
    }

    /// A writer of a cache outside the store, in `directory`, encrypted as the store is; for comparisons.
    public func scratchWriter(
        _ identity: CacheIdentity, layout: ContextCacheLayout, level: Int, in directory: FilePath
    ) throws -> ContextCacheWriter {
        try ContextCacheWriter(
            directory.appending(paths.object(identity.digest).lastComponent?.string ?? identity.digest),
            identity: identity, layout: layout, level: level, key: key)
    }

    /// Whether the cache of that identity lies in the store, complete.
    public func hasCache(_ identity: CacheIdentity) throws -> Bool {
        try CacheStorageError.translating(paths.objects) {
            try FileSystem.kind(of: paths.object(identity.digest)) == .file
        }
    }

    /// Opens the cache of exactly that identity.
    public func openCache(_ identity: CacheIdentity) throws -> ContextCacheReader {
        try ContextCacheReader(
            paths.object(identity.digest), expected: identity, sealedAs: identity.digest, key: key)
    }

    /// Opens the cache named by a digest, and checks that it is what its name says.
    public func openCache(digest: String) throws -> ContextCacheReader {
        guard StorePaths.isDigest(digest) else {
            throw CacheStorageError(.value, "\"\(digest)\" is no digest: 64 lower-case hexadecimal digits")
        }
        let reader = try ContextCacheReader(paths.object(digest), sealedAs: digest, key: key)
        guard reader.identity.digest == digest else {
            throw CacheStorageError(
                .damaged,
                "the cache is that of \(reader.identity.digest), not of its name; run 'pharos repair'",
                path: reader.path)
        }
        return reader
    }

    /// All caches that the catalog knows, in byte order of their digests.
    public func caches() throws -> [StoredCache] {
        var result: [StoredCache] = []
        while true {
            let page = try catalog.lookup { try catalog.caches(after: result.last?.identity.digest, $0) }
            result += page
            if page.count < Catalog.pageRowCount { return result }
        }
    }

    /// The cache of that identity digest, if the catalog knows it.
    public func cache(digest: String) throws -> StoredCache? {
        try catalog.lookup { try catalog.cache(digest, $0) }
    }

    /// The cache of the first document that has one, or nil; the others are not read.
    ///
    /// - Parameter collection: any when nil.
    public func firstCache(in collection: String?) throws -> StoredCache? {
        try catalog.read {
            try Row.fetchOne(
                $0,
                sql: """
                    SELECT caches.* FROM documents JOIN caches ON caches.identity = documents.cache
                        WHERE ?1 IS NULL OR documents.collection = ?1
                        ORDER BY documents.collection, documents.id LIMIT 1
                    """, arguments: [collection]
            ).map { try Catalog.cache($0) }
        }
    }

    /// The caches made from a text, in byte order of their digests.
    public func caches(ofText digest: String) throws -> [StoredCache] {
        try catalog.read {
            try Row.fetchAll(
                $0, sql: "SELECT * FROM caches WHERE text_digest = ? ORDER BY identity", arguments: [digest]
            ).map { try Catalog.cache($0) }
        }
    }

    /// The caches of a document that the catalog knows, its main one first.
    public func caches(of document: StoredDocument) throws -> [StoredCache] {
        try catalog.read { database in
            try document.caches.compactMap { try catalog.cache($0, database) }
        }
    }

    /// Removes the journals of unfinished caches, except those of the given identities.
    public func removeJournals(except digests: Set<String> = []) throws {
        try requireWriting()
        try CacheStorageError.translating(paths.objects) {
            for file in try FileSystem.files(under: paths.objects) {
                guard let digest = paths.journalDigest(of: file),
                    !digests.contains(digest)
                else { continue }
                try FileSystem.remove(file)
            }
        }
    }
}
