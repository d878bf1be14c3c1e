import ArgumentParser
import CacheStorage

struct PinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin",
        abstract: "Keep a document's caches from being pruned, or no longer.",
        discussion: """
            A pin holds the caches as they are now: neither 'prune' nor a budget removes them, even when the document \
            has got newer ones.

            Example: pharos pin manuals/crane-operations.md --store Samples/store
            """)

    @Argument(help: "The ids of documents, or the digests of caches.")
    var documents: [String]

    @Flag(help: "Take the pin off.")
    var remove = false

    @OptionGroup var store: StoreOptions

    @Option(help: "The collection. (default: the only one)")
    var collection: String?

    func run() async throws {
        let store = try self.store.open(.writing(command: "pin"))
        for name in documents {
            let caches = try caches(of: name, in: store)
            for cache in caches { try store.setPinned(!remove, cache: cache) }
            try StandardStream.output.write(
                "\(name): \(caches.count) \(caches.count == 1 ? "cache" : "caches") "
                    + "\(remove ? "no longer pinned" : "pinned")\n")
        }
    }

    private func caches(of name: String, in store: CacheStore) throws -> [String] {
        let isDigest = name.utf8.count == 64 && name.allSatisfy { $0.isHexDigit }
        if isDigest { return [name] }
        let collection = try StoreOptions.collection(self.collection, in: store)
        return try store.document(name, in: collection).caches
    }
}
