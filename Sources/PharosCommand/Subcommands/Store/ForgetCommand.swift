import ArgumentParser
import CacheStorage

struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract:
            "Remove every trace of a document: text, passages, failures and all caches ever made for it.",
        discussion: """
            Caches that another document names stay. The source itself is not touched: a run that still finds it \
            compresses it again. Documents that the store does not know are named, and the command exits with \
            64; the others are forgotten all the same.

            Example: pharos forget logs/watch-2026-01.txt --store Samples/store
            """)

    @Argument(help: "The ids of documents.")
    var documents: [String]

    @OptionGroup var store: StoreOptions

    @Option(help: "The collection. (default: the only one)")
    var collection: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Report: Encodable {
        var document: String
        var collection: String
        var wasPublished: Bool
        var texts: Int
        var passages: Int
        var caches: [String]
        var failures: Int
        var runLines: Int
        var bytes: Int

        private enum CodingKeys: String, CodingKey {
            case document, collection, texts, passages, caches, failures, bytes
            case runLines = "run_lines"
            case wasPublished = "was_published"
        }
    }

    func run() async throws {
        let store = try self.store.open(.writing(command: "forget"))
        // A collection that has lost its last document may still have failures and caches.
        let name = try collection ?? StoreOptions.collection(nil, in: store)
        var unknown: [String] = []
        for document in documents {
            if try store.knows(document, in: name) {
                try show(store.forget(document, in: name), of: document, in: name)
            } else if !unknown.contains(document) {
                unknown.append(document)
            }
        }
        guard unknown.isEmpty else {
            let names = unknown.map { "\"\($0)\"" }.joined(separator: ", ")
            throw CacheStorageError(
                .unknown,
                "there is no document \(names) in the collection \"\(name)\"; 'pharos ls' lists them",
                path: store.paths.root)
        }
    }

    private func show(_ report: ForgetReport, of document: String, in name: String) throws {
        if json {
            return try JSONLines(StandardStream.output).write(
                "forgotten",
                Report(
                    document: document, collection: name, wasPublished: report.wasPublished,
                    texts: report.texts,
                    passages: report.passages, caches: report.caches, failures: report.failures,
                    runLines: report.runLines,
                    bytes: report.bytes))
        }
        let known = report.wasPublished ? "" : "no longer in the collection; "
        try StandardStream.output.write(
            "\(name)/\(document): \(known)\(report.texts) texts, \(report.passages) passages, "
                + "\(report.caches.count) caches, \(report.failures) failures and \(report.runLines) lines about runs removed, "
                + "\(HumanFormat.bytes(report.bytes)) freed\n")
    }
}
