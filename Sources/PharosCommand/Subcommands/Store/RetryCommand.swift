import ArgumentParser
import CacheStorage
import Documents
import Pipelines

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Run a pipeline over the documents that failed, and no others.",
        discussion: """
            The failures are those of the pipeline's latest complete run and of all that came after it, or of \
            the run named: 'pharos runs ID' shows them with their places. What fails again is recorded with the \
            new run. Exits with 3 if something did.

            Example: pharos retry Pipelines/samples.yaml
            One document, whatever became of it: pharos retry Pipelines/samples.yaml --document logs/watch-1.txt
            """)

    @OptionGroup var options: PipelineOptions

    @Option(help: "The run whose failures are tried again. (default: those since the latest complete one)")
    var run: String?

    @Option(help: "A document to try again, instead of a run's failures; may be repeated.")
    var document: [String] = []

    @Option(help: "Documents in work at a time. (default: one per thread)")
    var jobs: Int?

    func run() async throws {
        let part = (run.map { [" --run \($0)"] } ?? []) + document.map { " --document \($0)" }
        var action = try options.action(command: "retry \(options.pipeline)" + part.joined())
        action.options.jobs = try JobCount.resolve(jobs, threads: action.options.threads)
        action.options.removesMissing = false
        action.request.questions = nil
        let (collection, run, documents) = (action.request.collection, run, document)
        action.wanted = documents
        action.select = { store, options in
            let choice = try RetryChoice(store, collection: collection, run: run, documents: documents)
            try StandardStream.error.write("pharos: \(choice.summary)\n")
            options.selects = { choice.contains($0.id, file: $0.source.file) }
            options.selectsFailures = { file in file.map { choice.mayHold(file: $0) } ?? true }
        }
        try action.perform()
    }
}

/// Which documents are tried again.
struct RetryChoice: Sendable {
    private let documents: Set<String>
    /// Files of which some document, or all, could not be read.
    private let files: Set<String>
    /// What was chosen, in one line.
    let summary: String

    /// - Parameter store: held for writing, so that a run noted as `running` is one that was killed.
    init(_ store: CacheStore, collection: String, run: String?, documents: [String]) throws {
        guard documents.isEmpty else {
            self.init(documents: documents)
            return
        }
        let runs = try store.runs().filter { $0.collection == collection }
        let chosen = run.map { id in runs.filter { $0.id == id } } ?? Self.open(runs)
        guard !chosen.isEmpty else {
            throw CommandError(
                .usage, run.map { "the collection '\(collection)' has no run '\($0)'" } ?? "nothing ran yet",
                hint: "'pharos runs' lists them")
        }
        let failures = try chosen.flatMap { try store.failures(ofRun: $0.id) }
        self.init(
            documents: failures.compactMap(\.document),
            files: failures.filter { $0.document == nil }.compactMap(\.file), of: chosen.map(\.id))
    }

    /// The runs whose failures count: the latest that came to its end and looked at all documents, or at all that
    /// had failed, and those since, which looked at some of them.
    ///
    /// - Parameter runs: those over a collection, the latest first.
    static func open(_ runs: [RunRecord]) -> [RunRecord] {
        let whole = runs.firstIndex { run in
            let isRetry = run.command.hasPrefix("retry ")
            let isPart = isRetry && [" --run ", " --document "].contains { run.command.contains($0) }
            return run.status.hasPrefix("done") && !isPart
                && (isRetry || ["run ", "schedule ", "merge "].contains { run.command.hasPrefix($0) })
        }
        return Array(runs.prefix((whole ?? runs.count) + 1))
    }

    /// - Parameter runs: whose failures they are; none where documents were named.
    init(documents: [String], files: [String] = [], of runs: [String] = []) {
        self.documents = Set(documents)
        self.files = Set(files)
        let count = self.documents.count + self.files.count
        let what =
            runs.isEmpty
            ? "the documents named"
            : "the failures of \(runs.count == 1 ? "run" : "runs") \(runs.joined(separator: ", "))"
        summary =
            count == 0
            ? "\(what): there is nothing to try again"
            : "trying again \(what): \(self.documents.count) documents, \(self.files.count) files"
    }

    /// Whether a failure of a file may be one of those tried again.
    func mayHold(file: String) -> Bool {
        files.contains(file)
            || documents.contains { id in
                let name = id.lastIndex(of: "#").map { String(id[..<$0]) } ?? id
                return file == name || file.hasSuffix("/" + name)
            }
    }

    func contains(_ id: String, file: String) -> Bool { documents.contains(id) || files.contains(file) }
}
