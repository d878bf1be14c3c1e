import SystemPackage
import Testing

@testable import CacheStorage

/// Long lists are read in pages, so that those who write need not wait for those who read.
@Suite struct ListingTests {
    /// Documents in the catalog alone, whose ids are not in the order in which they came.
    private func fill(_ store: CacheStore, _ collection: String, count: Int) throws {
        try store.catalog.write { database in
            for number in 0..<count {
                let object = try TextObject(
                    record: DocumentRecord(
                        collection: collection, id: "\(number * 7919 % count)", metadata: [:], source: "{}"),
                    text: "t", passages: [], cache: nil, companions: [])
                _ = try store.catalog.publish(object, fileDigest: "", database)
            }
        }
    }

    @Test func pagesJoinInOrder() throws {
        try withTemporaryDirectory { directory in
            let store = try CacheStore.create(directory.appending("s"), createdBy: "1", command: "test")
            let many = Catalog.pageRowCount * 2
            try fill(store, "a", count: 3)
            try fill(store, "b", count: many)
            try fill(store, "c", count: Catalog.pageRowCount + 5)
            let all = try store.documents()
            #expect(all.count == 3 + many + Catalog.pageRowCount + 5)
            let keys = all.map { Array("\($0.collection) \($0.id)".utf8) }
            #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
            for collection in ["a", "b", "c"] {
                #expect(
                    try store.documents(in: collection) == all.filter { $0.collection == collection })
            }
            #expect(try store.documents(in: "d").isEmpty)
        }
    }

    @Test func writersDoNotWaitForSlowReaders() throws {
        try withTemporaryDirectory { directory in
            let root = directory.appending("s")
            let writer = try StoreExample.store(root, documents: 2)
            let reader = try CacheStore(root)
            var seen: [String] = []
            try reader.forEachDocument { document in
                if seen.isEmpty { try StoreExample.publish(7, in: writer) }
                seen.append(document.id)
            }
            #expect(seen.count >= 2)
            #expect(try reader.documents().map(\.id) == ["depot-0", "depot-1", "depot-7"])
        }
    }
}
