import ArgumentParser
import CacheStorage

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the documents of a store, and what their caches take.",
        discussion: "Example: pharos ls --store Samples/store")

    @Argument(help: "Only documents with these ids.")
    var documents: [String] = []

    @OptionGroup var store: StoreOptions

    @Option(help: "Only this collection.")
    var collection: String?

    @Flag(help: "Print one JSON object per document.")
    var json = false

    func run() async throws {
        let store = try self.store.open()
        let lines = try lines(store)
        if json {
            for line in lines { try JSONLines(StandardStream.output).write("document", line) }
            return
        }
        var table = TextTable([
            .init("collection"), .init("document"), .init("text", .right), .init("tokens", .right),
            .init("beacons", .right), .init("ratio", .right), .init("stored", .right), .init("title"),
        ])
        for line in lines {
            table.add([
                line.collection, line.id, HumanFormat.bytes(line.textBytes),
                line.tokens.map(String.init) ?? "–",
                line.beacons.map(String.init) ?? "–", line.ratio ?? "–",
                line.storedBytes.map(HumanFormat.bytes) ?? "–", line.title ?? "",
            ])
        }
        try StandardStream.output.write(table.text)
    }

    private func lines(_ store: CacheStore) throws -> [StoredLine] {
        var lines: [StoredLine] = []
        if !documents.isEmpty {
            let name = try StoreOptions.collection(collection, in: store)
            for id in documents {
                let document = try store.document(id, in: name)
                lines.append(StoredLine(document, caches: try store.caches(of: document)))
            }
            return lines
        }
        if let collection { _ = try StoreOptions.collection(collection, in: store) }
        let caches = try Dictionary(store.caches().map { ($0.identity.digest, $0) }, uniquingKeysWith: { $1 })
        try store.forEachDocument(in: collection) { document in
            lines.append(StoredLine(document, caches: document.caches.compactMap { caches[$0] }))
        }
        return lines
    }
}

/// A stored document as `pharos ls` prints it.
struct StoredLine: Encodable {
    var collection: String
    var id: String
    var title: String?
    var metadata: [String: String]
    var textBytes: Int
    var textDigest: String
    var cache: String?
    var fileDigest: String?
    var tokens: Int?
    var windows: Int?
    var beacons: Int?
    var segments: Int?
    var ratio: String?
    /// Bytes of all its caches.
    var storedBytes: Int?
    /// Further caches of the text, such as a finer copy.
    var companions: [String]
    var pinned: Bool

    private enum CodingKeys: String, CodingKey {
        case collection, id, title, metadata, cache, tokens, windows, beacons, segments, ratio, companions,
            pinned
        case textBytes = "text_bytes"
        case textDigest = "text_digest"
        case fileDigest = "file_digest"
        case storedBytes = "stored_bytes"
    }

    /// - Parameter caches: those of the document's caches that the catalog knows.
    init(_ document: StoredDocument, caches: [StoredCache]) {
        let cache = caches.first { $0.identity.digest == document.cache }
        companions = document.companions
        pinned = caches.contains { $0.isPinned }
        collection = document.collection
        id = document.id
        title = document.title
        metadata = document.metadata
        textBytes = document.textByteCount
        textDigest = document.textDigest
        self.cache = document.cache
        fileDigest = cache?.fileDigest
        tokens = cache?.tokens
        windows = cache?.windows
        beacons = cache?.beacons
        segments = cache?.segments
        ratio = cache?.identity["ratios"]
        storedBytes = caches.isEmpty ? nil : caches.reduce(0) { $0 + $1.byteCount }
    }
}
