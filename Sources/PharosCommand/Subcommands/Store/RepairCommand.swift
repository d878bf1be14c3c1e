import ArgumentParser
import CacheStorage

struct RepairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Rebuild a store's catalog from its files, and remove what is damaged.",
        discussion: """
            What was removed is read or computed again by the next run. Nothing else may hold the store.

            Example: pharos repair --store Samples/store
            """)

    @OptionGroup var store: StoreOptions

    @Option(help: "Caches that are read at a time.")
    var threads = 2

    @Flag(help: "Print one JSON object per removed file, then a summary.")
    var json = false

    private struct Summary: Encodable {
        var documents: Int
        var caches: Int
        var runs: Int
        var removed: Int
        var withoutCache: [String]

        private enum CodingKeys: String, CodingKey {
            case documents, caches, runs, removed
            case withoutCache = "without_cache"
        }
    }

    func validate() throws {
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads is \(threads); give 1 to 1024")
        }
    }

    func run() async throws {
        let report = try CacheStore.repair(
            try store.path, createdBy: "pharos \(Pharos.version)", command: "repair", threads: threads,
            key: try store.encryption.key())
        let lines = report.removed.map { StoreFindingLine($0) }
        if json {
            let output = JSONLines(StandardStream.output)
            for line in lines { try output.write("removed", line) }
            return try output.write(
                "summary",
                Summary(
                    documents: report.documents, caches: report.caches, runs: report.runs,
                    removed: lines.count,
                    withoutCache: report.withoutCache))
        }
        for line in lines { try StandardStream.output.write("removed " + line.text) }
        for document in report.withoutCache {
            try StandardStream.output.write("without a cache: \(document)\n")
        }
        try StandardStream.output.write(
            "\(report.documents) documents, \(report.caches) caches, \(report.runs) runs; \(lines.count) files removed\n"
                + (report.withoutCache.isEmpty ? "" : "'pharos run' computes the missing caches\n"))
    }
}
