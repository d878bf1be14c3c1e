import Answering
import BeaconModel
import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Foundation
import Pipelines
import SystemPackage

/// Runs a pipeline: plan, compress, publish, answer its questions, report.
struct RunAction {
    var request: RunRequest
    var loaded: LoadedModel
    var json: Bool
    var dryRun = false
    var options = PipelineRun.Options()
    /// Settles which documents are worked on, once the store is open; all when nil.
    var select: ((CacheStore, inout PipelineRun.Options) throws -> Void)?
    /// Documents that the sources must have.
    var wanted: [String] = []
    /// Asked besides `options.shouldStop`; a listener of this run's own when nil.
    var stop: StopSignal?
    /// How a run that was stopped is called in the store's history.
    var stopName: @Sendable () -> String = { "stopped" }
    /// What the run settles with other shards; nil for a run of the whole.
    var shard: ShardRun?
    /// Told that there is something to do; where it is given, a run that finds nothing to do says nothing.
    var onWork: (@Sendable () throws -> Void)?
    /// The command line, for the store's lock and history.
    var command: String

    private var output: JSONLines { JSONLines(StandardStream.output) }

    func perform() throws {
        let recipe = try recipe(request.compression)
        let fine = try request.fine.map { try self.recipe($0) }
        // What is wrong with the questions is told before hours of work.
        if let questions = request.questions { _ = try QuestionLines.read(questions) }
        if request.sources.contains(where: { $0.path == "-" }) { try StandardInput.keep() }
        if dryRun { return try showPlan(recipe, fine) }
        let stop = stop ?? StopSignal()
        var options = options
        let shouldStop = options.shouldStop
        options.shouldStop = { stop.isRaised || shouldStop() }
        options.keepsJournal = true
        options.program = Pharos.state
        try shard?.settleCount()
        let store = try CacheStore.create(
            request.store, createdBy: "pharos \(Pharos.version)", command: command, key: request.key)
        if let holder = store.abandonedBy {
            try StandardStream.error.write(
                "pharos: took over from \(holder), which ended without releasing the store\n")
        }
        if let rebuilt = store.rebuilt {
            try StandardStream.error.write(
                "pharos: rebuilt the store's catalog, which was of another version: "
                    + "\(rebuilt.documents) documents, \(rebuilt.caches) caches\n")
        }
        for finding in try shard?.heal(store, collection: request.collection) ?? [] {
            try StandardStream.error.write("pharos: \(finding.path): \(finding.message); made again\n")
        }
        try select?(store, &options)
        let run = PipelineRun(
            sources: request.sources, collection: request.collection, recipe: recipe, fine: fine,
            store: store, options: options)
        var history: RunHistory?
        let status: ExitStatus?
        do {
            let plan = try wanted.isEmpty ? nil : planOfWanted(run)
            let begun = try RunHistory(run: run, request: request, command: command)
            history = begun
            status = try perform(run, plan, begun, options)
        } catch is CancellationError {
            try history?.abandon(stopName())
            try StandardStream.error.write("pharos: \(stopName()); run the same command again to continue\n")
            throw FinishedWithStatus(stop.status)
        } catch {
            try history?.abandon("failed")
            throw error
        }
        if let status { throw FinishedWithStatus(status) }
    }

    private func recipe(_ compression: ContextCaching.CompressionSettings) throws -> ContextRecipe {
        do {
            return try ContextRecipe(
                loaded, compression: compression, storage: request.storage, normaliser: TextNormalizer.version
            )
        } catch let error as ModelError where error.code == .badRequest && request.file != nil {
            // The file asks what the model cannot do.
            throw PipelinesError(
                .badConfiguration, "compression: \(error.message)",
                context: ["path": request.file?.string ?? ""])
        }
    }

    /// The plan, once the sources are known to have all documents that are wanted; the history is told of
    /// nothing else.
    private func planOfWanted(_ run: PipelineRun) throws -> RunPlan {
        let plan = try run.plan()
        let missing = wanted.filter { id in
            let choice = RetryChoice(documents: [id])
            return !plan.documents.contains { $0.id == id }
                && !plan.failures.contains { $0.file.map { choice.mayHold(file: $0) } ?? true }
        }
        guard missing.isEmpty else {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            throw CommandError(
                .usage, "the sources have no document \(names)", hint: try unreadableSource()?.description)
        }
        return plan
    }

    /// What keeps a source from being read at all.
    private func unreadableSource() throws -> DocumentFailure? {
        for source in request.sources {
            do { _ = try source.files() } catch let failure as DocumentFailure { return failure }
        }
        return nil
    }

    /// Returns the status to exit with where documents or questions failed.
    ///
    /// - Parameter known: the plan, where it is made already.
    private func perform(
        _ run: PipelineRun, _ known: RunPlan?, _ history: RunHistory, _ options: PipelineRun.Options
    ) throws -> ExitStatus? {
        let clock = ContinuousClock()
        let begin = clock.now
        let plan = try known ?? run.plan()
        try history.write(plan)
        if onWork == nil { try warn(of: plan) }
        let hasWork = plan.failureCount > 0 || plan.documents.contains { $0.action != .reuse }
        if hasWork { try onWork?() }
        let isQuiet = !hasWork && onWork != nil
        let job = try shard?.begin(plan, of: run)
        let progress = ProgressReporter(
            total: ProgressCounts(
                documents: plan.documents.count, tokens: plan.tokensToCompute, bytesSaved: 0),
            sink: StandardStream.error,
            style: ProgressReporter.style(for: .error, environment: ProcessInfo.processInfo.environment))
        let observer = ProgressObserver(progress, output: json ? output : nil, history: history)
        let report = try run.perform(plan, observer: observer)
        if !isQuiet { progress.finish() }
        if let shard, let job { try shard.finish(job, plan, report, of: run) }
        let compressed = clock.now
        let outcome = try QuestionBatch(
            request: request, store: run.store, loaded: loaded, context: run.recipe, options: options
        ).answer()
        if let store = run.store { try StoreTidying(store, request).perform() }
        let status = report.failures.isEmpty ? "done" : "done with failures"
        try history.finish(status, report, unanswered: outcome?.unanswered ?? 0)
        let summary = RunSummary(
            collection: request.collection, report: report, sourceBytes: report.textBytes,
            seconds: (compressed - begin).inSeconds, questions: outcome,
            questionSeconds: (clock.now - compressed).inSeconds)
        try history.write(summary)
        if json {
            try output.write("summary", summary)
        } else if !isQuiet || !report.failures.isEmpty || outcome?.status != nil {
            try StandardStream.output.write(summary.text)
        }
        // Nobody may take what was told for all that happened.
        try observer.throwTrouble()
        return ExitStatus.worst(report.failures.isEmpty ? nil : .someDocumentsFailed, outcome?.status)
    }

    private func showPlan(_ recipe: ContextRecipe, _ fine: ContextRecipe?) throws {
        let store = try existingStore()
        let plan = try PipelineRun(
            sources: request.sources, collection: request.collection, recipe: recipe, fine: fine,
            store: store, options: options
        ).plan()
        try warn(of: plan)
        let summary = PlanSummary(plan, runs: try store?.runs() ?? [])
        if json {
            for document in plan.documents { try output.write("document", document) }
            for failure in plan.failures { try output.write("failure", failure) }
            try output.write("summary", summary)
        } else {
            try StandardStream.output.write(summary.text(plan))
        }
        if plan.failureCount > 0 { throw FinishedWithStatus(.someDocumentsFailed) }
    }

    /// Sources that hold nothing at all are seldom meant.
    private func warn(of plan: RunPlan) throws {
        guard plan.failures.isEmpty, plan.documents.allSatisfy({ $0.action == .remove }) else { return }
        try StandardStream.error.write(
            "pharos: the sources hold no documents; do their paths and patterns fit files?\n")
    }

    private func existingStore() throws -> CacheStore? {
        do {
            return try CacheStore(request.store, access: .reading, key: request.key)
        } catch let error as CacheStorageError where error.code == .noStore {
            return nil
        }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
