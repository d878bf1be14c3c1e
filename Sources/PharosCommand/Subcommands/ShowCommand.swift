import ArgumentParser
import CacheStorage
import SystemPackage

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one stored document whole: source, text, identity, segments, intervals.",
        discussion: "Example: pharos show manuals/crane-operations.md --store Samples/store")

    @Argument(help: "The document's id.")
    var document: String

    @OptionGroup var store: StoreOptions

    @Option(help: "The collection. (default: the only one)")
    var collection: String?

    @Flag(help: "Print the bare text.")
    var text = false

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Entry: Encodable {
        var window: Int?
        var segment: Int
        var kind: String
        var tokens: [Int]
        var bytes: [Int]
    }

    private struct Whole: Encodable {
        var document: StoredLine
        var source: String
        var identity: [String: String]
        var intervals: [Entry]
        var text: String
    }

    func run() async throws {
        let store = try self.store.open()
        let name = try StoreOptions.collection(collection, in: store)
        let stored = try store.document(document, in: name)
        let content = try store.text(of: stored)
        if text { return try StandardStream.output.write(content) }
        let reader = try stored.cache.map { try opened($0, of: stored, in: store) }
        let caches = try store.caches(of: stored)
        let cache = caches.first { $0.identity.digest == stored.cache }
        let fields = reader?.identity.fields ?? []
        let layout = try reader?.layout()
        if json {
            let whole = Whole(
                document: StoredLine(stored, caches: caches), source: stored.source,
                identity: Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) }),
                intervals: layout.map(Self.entries) ?? [], text: content)
            return try JSONLines(StandardStream.output).write("document", whole)
        }
        var table = TextTable([.init("document"), .init("\(name)/\(stored.id)")])
        if let title = stored.title { table.add(["title", title]) }
        for (key, value) in stored.metadata.sorted(by: { $0.key < $1.key }) { table.add([key, value]) }
        table.add(["source", stored.source])
        table.add(["text", "\(HumanFormat.bytes(stored.textByteCount)), \(stored.textDigest.prefix(12))"])
        if let cache, let reader {
            table.add(["cache", reader.path.string])
            table.add([
                "holds",
                "\(cache.tokens) tokens in \(cache.windows) windows of \(cache.segments) segments, \(cache.beacons) entries, \(HumanFormat.bytes(cache.byteCount))",
            ])
        }
        for field in fields { table.add(["  \(field.name)", field.value]) }
        try StandardStream.output.write(table.text)
        for (number, segment) in (layout?.segments ?? []).enumerated() {
            try StandardStream.output.write(
                "segment \(number): bytes \(segment.bytes.lowerBound)–\(segment.bytes.upperBound), tokens "
                    + "\(segment.tokens.lowerBound)–\(segment.tokens.upperBound), \(segment.windows.count) windows, "
                    + "\(segment.windows.reduce(0) { $0 + $1.beacons.count }) entries, \(segment.raw.count) raw\n"
            )
        }
        try StandardStream.output.write("\n\(content)\n")
    }

    private func opened(
        _ digest: String, of document: StoredDocument, in store: CacheStore
    ) throws -> ContextCacheReader {
        do {
            return try store.openCache(digest: digest)
        } catch let error as CacheStorageError where error.code == .missing {
            let absence = try store.absence(ofCache: digest, of: document)
            throw CacheStorageError(
                absence.code, "\(absence.message); --text needs none", path: absence.path)
        }
    }

    private static func entries(_ layout: ContextCacheLayout) -> [Entry] {
        func pair(_ range: Range<Int>) -> [Int] { [range.lowerBound, range.upperBound] }
        var entries: [Entry] = []
        var window = 0
        for (number, segment) in layout.segments.enumerated() {
            for stored in segment.windows {
                entries += stored.beacons.map {
                    Entry(
                        window: window, segment: number, kind: "beacon", tokens: pair($0.tokens),
                        bytes: pair($0.bytes))
                }
                window += 1
            }
            entries += segment.raw.map {
                Entry(
                    segment: number, kind: $0.isBeacon ? "beacon" : "raw", tokens: pair($0.interval.tokens),
                    bytes: pair($0.interval.bytes))
            }
        }
        return entries
    }
}
