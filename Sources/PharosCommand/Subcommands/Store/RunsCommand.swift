import ArgumentParser
import CacheStorage
import Pipelines

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Show the runs that a store remembers, or the failures of one.",
        discussion: "Example: pharos runs --store Samples/store")

    @Argument(help: "The id of a run: shows its counts and failures.")
    var id: String?

    @OptionGroup var store: StoreOptions

    @Option(help: "Only runs over this collection.")
    var collection: String?

    @Flag(help: "Print one JSON object per run and failure.")
    var json = false

    func run() async throws {
        let path = try store.path
        let store = try self.store.open()
        let isHeld = try CacheStore.holder(of: path) != nil
        let runs = try store.runs().filter { run in
            (id.map { run.id == $0 } ?? true) && (collection.map { run.collection == $0 } ?? true)
        }
        let lines = runs.map { $0.shown(isHeld: isHeld) }
        if let id {
            guard let line = lines.first else {
                throw CommandError(.usage, "the store has no run '\(id)'", hint: "'pharos runs' lists them")
            }
            return try show(line, try store.failures(ofRun: id))
        }
        if json {
            for line in lines { try JSONLines(StandardStream.output).write("run", line) }
            return
        }
        var table = TextTable([
            .init("run"), .init("started"), .init("took", .right), .init("collection"), .init("status"),
            .init("documents", .right), .init("failures", .right), .init("command"),
        ])
        for line in lines {
            table.add([
                line.id, UnixTime(line.started).description, Self.duration(line), line.collection,
                line.status,
                line.counts["documents"].map(HumanFormat.count) ?? "–",
                line.counts["failures"].map(HumanFormat.count) ?? "–", line.command,
            ])
        }
        try StandardStream.output.write(table.text)
    }

    private func show(_ line: RunRecord, _ failures: [FailureRecord]) throws {
        if json {
            try JSONLines(StandardStream.output).write("run", line)
            for failure in failures { try JSONLines(StandardStream.output).write("failure", failure) }
            return
        }
        var table = TextTable([.init("run"), .init(line.id)])
        table.add(["collection", line.collection])
        table.add(["command", line.command])
        table.add(["version", line.version])
        table.add(["definition", String(line.definition.prefix(12))])
        table.add(["started", UnixTime(line.started).description])
        table.add(["took", Self.duration(line)])
        table.add(["status", line.status])
        for (name, count) in line.counts.sorted(by: { $0.key < $1.key }) {
            table.add([name.replacing("_", with: " "), HumanFormat.count(count)])
        }
        try StandardStream.output.write(table.text)
        for failure in failures {
            let place = [failure.file, failure.line.map(String.init), failure.column.map(String.init)]
                .compactMap { $0 }.joined(separator: ":")
            let subject = [failure.document, place.isEmpty ? nil : place].compactMap { $0 }.joined(
                separator: ", ")
            try StandardStream.output.write("\(failure.code): \(subject): \(failure.message)\n")
        }
    }

    private static func duration(_ line: RunRecord) -> String {
        line.ended.map { HumanFormat.duration(.seconds(max(0, $0 - line.started))) } ?? "–"
    }
}
