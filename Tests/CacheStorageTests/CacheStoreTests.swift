import CacheStorage
import FileAccess
import Foundation
import SystemPackage
import Testing

@Suite struct CacheStoreTests {
    @Test func publishedDocumentIsFoundAndRead() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("store")
            do { _ = try StoreExample.store(root, documents: 6) }
            let store = try CacheStore(root)
            #expect(try store.collections() == ["harbour"])
            #expect(try store.documents().map { $0.id } == (0..<6).map { "depot-\($0)" })
            let document = try store.document("depot-3", in: "harbour")
            #expect(document.metadata == ["kind": "depot", "number": "3"])
            #expect(try store.text(of: document) == StoreExample.text(3))
            #expect(try store.sourceMap(of: document) == [1, 2, 3])
            #expect(try store.passages(of: document) == StoreExample.passages(StoreExample.text(3)))
            let cache = try store.openCache(digest: try #require(document.cache))
            #expect(cache.identity == StoreExample.cache(3).identity)
            #expect(try store.caches(ofText: document.textDigest).map { $0.identity } == [cache.identity])

            let hits = try store.search("Who is the keeper of depot K-3?", limit: 3)
            #expect(hits.first?.document == "depot-3")
            #expect(hits.first?.passage.windows == 0..<3)
            #expect(hits.first?.text.contains("Olaf Deng") == true)
            #expect(try store.search("resume K-4", limit: 1).first?.document == "depot-4")
            #expect(
                try store.search("K-3", documents: ["depot-1"], limit: 9).allSatisfy {
                    $0.document == "depot-1"
                })
            #expect(try store.search("K-3", collections: ["other"], limit: 9).isEmpty)
            for query in ["", "\"", "NEAR(", "a AND OR NOT *", "'; DROP TABLE documents", "\u{0}", "(((("] {
                _ = try store.search(query, limit: 9)
            }
            let statistics = try store.statistics()
            #expect(statistics.documents == 6 && statistics.caches == 6 && statistics.passages == 12)
            #expect(statistics.windows == 30 && statistics.beacons == 120)
            #expect(throws: CacheStorageError.self) { try store.document("depot-9", in: "harbour") }
            #expect(throws: CacheStorageError.self) { try store.removeDocument("depot-1", in: "harbour") }
        }
    }

    @Test func changedDocumentReplacesItsTextAndKeepsOneRow() throws {
        try withTemporaryDirectory { directory in
            let store = try StoreExample.store(directory.appending("store"), documents: 2)
            let before = try store.document("depot-1", in: "harbour")
            try store.publish(StoreExample.record(1), text: "quite another text", passages: [], cache: nil)
            let after = try store.document("depot-1", in: "harbour")
            #expect(before.textObject != after.textObject)
            #expect(try FileSystem.kind(of: store.paths.text(before.textObject)) == nil)
            #expect(try store.documents().count == 2)
            #expect(try store.search("K-1", limit: 9).isEmpty)
            #expect(try store.statistics().caches == 2)
            #expect(try store.removeDocument("depot-1", in: "harbour") == after)
            #expect(try store.removeDocument("depot-1", in: "harbour") == nil)
            #expect(try FileSystem.files(under: store.paths.texts).count == 1)
        }
    }

    @Test func storeIsPrivateAndLocked() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("store")
            let store = try StoreExample.store(root, documents: 1)
            let error = #expect(throws: CacheStorageError.self) {
                try CacheStore(root, access: .writing(command: "second"))
            }
            #expect(error?.code == .locked)
            #expect(error?.message.contains("(test)") == true)
            #expect(try CacheStore(root).documents().count == 1)
            #expect(try CacheStore.holder(of: root)?.command == "test")
            for file in try FileSystem.files(under: root) { #expect(try permissions(file) == 0o600) }
            for name in ["", "objects", "texts", "runs"] {
                #expect(try permissions(root.appending(name)) == 0o700)
            }
            withExtendedLifetime(store) {}
        }
    }

    @Test func whatIsNoStoreIsRefused() throws {
        try withTemporaryDirectory { directory in
            #expect(throws: CacheStorageError.self) { try CacheStore(directory) }
            try AtomicFile.replace(directory.appending("letter.txt"), with: [1])
            let error = #expect(throws: CacheStorageError.self) {
                try CacheStore.create(directory, createdBy: "1", command: "test")
            }
            #expect(error?.code == .format)
            let names = try FileSystem.list(directory)
            #expect(names == ["letter.txt"])
        }
    }

    @Test func missingCatalogIsNotTakenForAnEmptyOne() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("store")
            do { _ = try StoreExample.store(root, documents: 2) }
            try FileSystem.remove(root.appending("catalog.sqlite"))
            for access in [CacheStore.Access.reading, .writing(command: "x")] {
                let error = #expect(throws: CacheStorageError.self) { try CacheStore(root, access: access) }
                #expect(error?.code == .catalog)
            }
            #expect(try FileSystem.files(under: root.appending("texts")).count == 2)
        }
    }

    @Test func leftoversOfAKilledRunAreSwept() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("store")
            do { _ = try StoreExample.store(root, documents: 2) }
            let before = try StoreExample.content(root)
            let stray = String(repeating: "ab", count: 32)
            try FileSystem.createDirectory(root.appending("texts/ab"))
            for name in ["texts/ab/\(stray).txt.zst", "objects/.x.kv.zst.partial", "texts/ab/.y.partial"] {
                try AtomicFile.replace(root.appending(name), with: [1])
            }
            do { _ = try CacheStore(root, access: .writing(command: "x")) }
            #expect(try StoreExample.content(root) == before)
        }
    }

    @Test func runsAndFailuresAreRemembered() throws {
        try withTemporaryDirectory { directory in
            let store = try CacheStore.create(directory.appending("s"), createdBy: "1", command: "test")
            var run = RunRecord(
                id: "run-1", collection: "harbour", command: "pharos run", version: "1.0", definition: "d",
                started: 100)
            try store.beginRun(run)
            let failure = FailureRecord(
                run: "run-1", collection: "harbour", document: nil, code: "malformed", message: "no end tag",
                file: "a.xml", line: 3, column: 9, path: "/a/b")
            try store.recordFailure(failure)
            run.ended = 120
            run.status = "partial"
            run.counts = ["documents": 4]
            try store.finishRun(run)
            #expect(try store.runs() == [run])
            #expect(try store.failures(ofRun: "run-1") == [failure])
        }
    }

    private func permissions(_ path: FilePath) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions] as? Int)
    }
}
