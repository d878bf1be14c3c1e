import CacheStorage
import FileAccess
import SystemPackage

/// Publishes made-up documents with caches into a store.
struct StoreExample {
    static func text(_ number: Int) -> String {
        let keeper = ["Ada Brandt", "Tomas Quell", "Ines Moor", "Olaf Deng"][number % 4]
        return """
            Depot K-\(number) lies at the north quay. Its keeper is \(keeper).
            The crane of depot K-\(number) lifts \(10 + number) tonnes. Résumé of incident \(number * 7): none.

            """
    }

    static func record(_ number: Int, collection: String = "harbour") -> DocumentRecord {
        DocumentRecord(
            collection: collection, id: "depot-\(number)", title: "Depot K-\(number)",
            metadata: ["kind": "depot", "number": String(number)], source: "{\"file\":\"depots.xml\"}",
            sourceMap: [1, 2, UInt8(truncatingIfNeeded: number)])
    }

    static func passages(_ text: String) -> [Passage] {
        let count = text.utf8.count
        let middle =
            (text.utf8.firstIndex(of: 0x0A).map { text.utf8.distance(from: text.utf8.startIndex, to: $0) }
                ?? 0) + 1
        return [
            Passage(segment: 0, windows: 0..<3, bytes: 0..<middle),
            Passage(segment: 1, windows: 3..<5, bytes: middle..<count),
        ]
    }

    static func cache(_ number: Int, weights: String = "weights-1") -> CacheExample {
        var example = CacheExample()
        example.text = ContentDigest.hex(of: text(number))
        example.weights = weights
        return example
    }

    /// Writes cache and document `number` as a run would.
    static func publish(_ number: Int, in store: CacheStore, weights: String = "weights-1") throws {
        let example = cache(number, weights: weights)
        var summary: CacheSummary?
        if try !store.hasCache(example.identity) {
            let writer = try store.cacheWriter(example.identity, layout: example.layout)
            for item in writer.items { try writer.append(example.block(item), for: item) }
            summary = try writer.finish()
        }
        let text = text(number)
        try store.publish(
            record(number), text: text, passages: passages(text), cache: example.identity, summary: summary)
    }

    /// A store of `count` documents.
    static func store(_ root: FilePath, documents count: Int) throws -> CacheStore {
        let store = try CacheStore.create(root, createdBy: "1.0", command: "test")
        for number in 0..<count { try publish(number, in: store) }
        return store
    }

    /// All files of a store by their place, the lock excepted, and the catalog's content instead of its bytes.
    static func content(_ root: FilePath) throws -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        for file in try FileSystem.files(under: root) {
            let name = String(file.string.dropFirst(root.string.count + 1))
            if name == "lock" || name == "catalog.sqlite" { continue }
            result[name] = try FileSystem.read(file)
        }
        let store = try CacheStore(root)
        result["documents"] = try Array(
            store.documents().map { document in
                let metadata = document.metadata.sorted { $0.key < $1.key }
                return
                    "\(document.id) \(document.title ?? "") \(metadata) \(document.source) \(document.textObject) "
                    + "\(document.textDigest) \(document.cache ?? "")"
            }.joined(separator: "\n").utf8)
        result["caches"] = try Array("\(store.caches())".utf8)
        result["search"] = try Array("\(store.search("keeper of depot K-3", limit: 100))".utf8)
        return result
    }
}
