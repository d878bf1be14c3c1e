import ArgumentParser
import CacheStorage

struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "du",
        abstract: "Show what the caches take, by collection, model, ratio and encoding.",
        discussion: "Example: pharos du --store Samples/store")

    @OptionGroup var store: StoreOptions

    @Flag(help: "Print one JSON object per group, then a summary.")
    var json = false

    private struct Summary: Encodable {
        var documents: Int
        var caches: Int
        var textBytes: Int
        var cacheBytes: Int
        var objectBytes: Int

        private enum CodingKeys: String, CodingKey {
            case documents, caches
            case textBytes = "text_bytes"
            case cacheBytes = "cache_bytes"
            case objectBytes = "object_bytes"
        }
    }

    func run() async throws {
        let store = try self.store.open()
        let groups = try store.usage()
        let statistics = try store.statistics()
        let summary = Summary(
            documents: statistics.documents, caches: statistics.caches, textBytes: statistics.textBytes,
            cacheBytes: statistics.cacheBytes, objectBytes: try store.objectByteCount())
        if json {
            let output = JSONLines(StandardStream.output)
            for group in groups { try output.write("usage", group) }
            return try output.write("summary", summary)
        }
        var table = TextTable([
            .init("collection"), .init("model"), .init("ratio"), .init("encoding"), .init("caches", .right),
            .init("beacons", .right), .init("in memory", .right), .init("stored", .right),
        ])
        for group in groups {
            table.add([
                group.collection ?? "–", String(group.model.prefix(12)), group.ratios, group.encoding,
                HumanFormat.count(group.caches), HumanFormat.count(group.beacons),
                HumanFormat.bytes(group.payloadBytes), HumanFormat.bytes(group.bytes),
            ])
        }
        let others = max(0, summary.objectBytes - summary.cacheBytes)
        try StandardStream.output.write(
            table.text
                + "\n\(HumanFormat.bytes(summary.objectBytes)) in caches of \(HumanFormat.bytes(summary.textBytes)) of text"
                + (others > 0 ? ", \(HumanFormat.bytes(others)) of it unknown to the catalog" : "") + "\n")
    }
}
