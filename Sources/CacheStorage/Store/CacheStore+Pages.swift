import GRDB

extension CacheStore {
    /// The next documents of a collection behind the id `last`, in byte order of their ids.
    ///
    /// - Parameter limit: how many at most; ``Catalog/pageRowCount`` bounds it too.
    package func documents(in collection: String, after last: String?, limit: Int) throws -> [StoredDocument]
    {
        let page = try catalog.lookup {
            try catalog.documents(in: collection, after: last.map { (collection: collection, id: $0) }, $0)
        }
        return Array(page.prefix(limit))
    }

    /// The next caches that the catalog knows behind the digest `last`, in byte order of their digests.
    ///
    /// - Parameter limit: how many at most; ``Catalog/pageRowCount`` bounds it too.
    package func caches(after last: String?, limit: Int) throws -> [StoredCache] {
        let page = try catalog.lookup { try catalog.caches(after: last, $0) }
        return Array(page.prefix(limit))
    }

    /// How many documents a collection has and how long their texts are together, by the catalog's columns alone.
    package func documentCount(in collection: String) throws -> (documents: Int, textBytes: Int) {
        try catalog.lookup { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*) AS documents, SUM(text_bytes) AS bytes FROM documents WHERE collection = ?
                    """, arguments: [collection])
            return (
                row.flatMap { Catalog.integer($0, "documents") } ?? 0,
                row.flatMap { Catalog.integer($0, "bytes") } ?? 0
            )
        }
    }
}
