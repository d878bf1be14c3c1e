import FileAccess
import GRDB
import SystemPackage
import Testing

@testable import CacheStorage

/// The catalog's version rises with its rows.
@Suite struct CatalogLayoutTests {
    /// The digest of schema and rows for the version it belongs to.
    ///
    /// When this test fails, the layout of the catalog has changed: raise `Catalog.version` and put the new digest here.
    private static let known = (
        version: 3, digest: "91554cb824b6edb1ae33193628c7678a2ff358a430c7759daa6fda6c21d548c2"
    )

    @Test func versionRisesWithTheLayout() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            try withExtendedLifetime(try StoreExample.store(root, documents: 2)) { store in
                try store.beginRun(
                    RunRecord(
                        id: "r", collection: "harbour", command: "c", version: "v", definition: "d",
                        started: 1))
                try store.recordFailure(
                    FailureRecord(run: "r", collection: "harbour", document: "x", code: "c", message: "m"))
                let text = try store.catalog.read { database in
                    var text = try String.fetchAll(
                        database, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
                    ).joined(separator: "\n")
                    for table in ["documents", "caches", "owners", "passages", "runs", "failures"] {
                        for row in try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1, 2") {
                            text += "\n\(table) \(row)"
                        }
                    }
                    return text
                }
                #expect(
                    ContentDigest.hex(of: text) == Self.known.digest,
                    "the layout of the catalog changed: raise Catalog.version and note the new digest")
                #expect(Catalog.version == Self.known.version)
            }
        }
    }

    @Test func otherVersionsAreRebuiltWhenOpenedForWriting() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            var store: CacheStore? = try StoreExample.store(root, documents: 3)
            try store?.beginRun(
                RunRecord(
                    id: "r", collection: "harbour", command: "c", version: "v", definition: "d", started: 1))
            let cache = try #require(try store?.documents().first?.cache)
            try store?.setPinned(true, cache: cache)
            store = nil
            let expected = try StoreExample.content(root)
            let queue = try DatabaseQueue(path: root.appending("catalog.sqlite").string)
            // An earlier version: other digests, and a column less.
            try queue.write {
                try $0.execute(
                    sql: "UPDATE documents SET digest = 'x'; ALTER TABLE documents DROP COLUMN title")
                try $0.execute(sql: "PRAGMA user_version = 1")
            }
            try queue.close()
            let refusal = #expect(throws: CacheStorageError.self) { try CacheStore(root) }
            #expect(refusal?.code == .catalog)
            #expect(refusal?.message.contains("pharos repair") ?? false)
            store = try CacheStore(root, access: .writing(command: "run"))
            #expect(store?.rebuilt?.documents == 3)
            #expect(try store?.runs().map(\.id) == ["r"])
            #expect(try store?.caches().first { $0.identity.digest == cache }?.isPinned == true)
            store = nil
            var found = try StoreExample.content(root)
            for name in ["catalog.sqlite.sum"] { found[name] = expected[name] }
            #expect(found == expected)
            #expect(try CacheStore(root, access: .writing(command: "run")).rebuilt == nil)
        }
    }
}
