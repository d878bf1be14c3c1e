public import CacheStorage
public import ContextCaching
public import Documents
import FileAccess
import Synchronization
import Tensors

/// One run of a pipeline over its sources: plan, compress what changed, publish.
///
/// A run reads its sources twice: once to plan, which needs no model pass, and once to compress what the plan
/// says. So totals are known before the first window, and no more than a few documents are ever in memory.
public struct PipelineRun: Sendable {
    public struct Options: Sendable {
        /// Documents in work at a time.
        public var jobs = 1
        /// Threads that compute, shared by the jobs.
        public var threads = 1
        /// Stop at the first document that fails.
        public var failFast = false
        /// Stop once more documents than this have failed.
        public var maxFailures: Int?
        /// Whether documents that left the sources leave the collection.
        public var removesMissing = true
        /// The share of the documents that belongs to this run; all of them when nil.
        public var shard: ShardAssignment?
        /// Which documents are worked on at all, by what was read; the plan leaves out all others.
        public var selects: (@Sendable (Document) -> Bool)?
        /// What the store may take.
        public var budget = StoreBudget()
        /// Asked between windows; true stops the run with everything finished so far kept.
        public var shouldStop: @Sendable () -> Bool = { false }

        public init() {}

        func includes(_ id: String) -> Bool { shard.map { $0.contains(document: id) } ?? true }

        /// Whether a failure that every shard meets is this one's to report.
        func owns(_ failure: DocumentFailure) -> Bool { includes(CorpusSummary.key(failure)) }
    }

    public let sources: [SourceDefinition]
    public let collection: String
    public let recipe: ContextRecipe
    /// How a finer second copy is made, from which a search's hits are answered; nil for none.
    public let fine: ContextRecipe?
    /// Where documents go; `nil` plans against an empty store.
    public let store: CacheStore?
    public let options: Options

    public init(
        sources: [SourceDefinition], collection: String, recipe: ContextRecipe, fine: ContextRecipe? = nil,
        store: CacheStore?, options: Options = Options()
    ) {
        self.sources = sources
        self.collection = collection
        self.recipe = recipe
        self.fine = fine
        self.store = store
        self.options = options
    }

    /// Says what ``perform(_:observer:)`` would do, without running the model.
    public func plan() throws -> RunPlan {
        try RunPlanner(run: self).plan()
    }

    /// Does what `plan` says and publishes each document when it is complete.
    ///
    /// - Throws: `CancellationError` after a stop; running again continues where it stopped.
    public func perform(_ plan: RunPlan, observer: any RunObserver) throws -> RunReport {
        guard let store else { throw PipelinesError(.usage, "a run needs a store to publish to") }
        let report = Mutex(RunReport())
        let failures = FailureCounter(options)
        if options.budget.isLimited { try store.makeRoom(for: 0, within: options.budget) }
        for failure in plan.failures {
            observer.failed(failure, document: nil)
            report.withLock { $0.failures.append(failure) }
            try failures.count(failure)
        }
        let actions = Dictionary(plan.documents.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let threads = max(1, options.threads / max(1, options.jobs))
        let queue = WorkQueue<Document>(workers: max(1, options.jobs)) { _ in
            let publisher = DocumentPublisher(
                run: self, store: store, context: ComputeContext(threads: threads))
            return { document in
                guard let planned = actions[document.id] else { return }
                do {
                    let outcome = try publisher.publish(document, planned: planned, observer: observer)
                    report.withLock { $0.add(outcome) }
                    observer.finished(outcome)
                } catch let error as CacheStorageError where error.code == .value {
                    // The document's own trouble; everything else is the store's and ends the run.
                    let failure = DocumentFailure(
                        .limit, "\(document.id): \(error.message)", file: document.source.file)
                    observer.failed(failure, document: document.id)
                    report.withLock {
                        $0.failures.append(failure)
                        $0.unpublished.append(document.id)
                    }
                    try failures.count(failure)
                }
            }
        }
        do {
            for source in sources {
                try DocumentSourceReader(source).forEachDocument { result in
                    if options.shouldStop() { throw CancellationError() }
                    guard case .document(let document) = result, let planned = actions[document.id],
                        planned.action != .skip, planned.action != .remove
                    else { return }
                    try queue.add(document)
                }
            }
        } catch {
            // What is in work is finished or stopped by its own check; the reading's error is the one to tell.
            do { try queue.finish() } catch let stopped { throw stopped }
            throw error
        }
        try queue.finish()
        for document in plan.documents where document.action == .remove {
            try store.removeDocument(document.id, in: collection)
            let outcome = DocumentOutcome(id: document.id, action: .remove, reason: document.reason)
            report.withLock { $0.add(outcome) }
            observer.finished(outcome)
        }
        return report.withLock { $0 }
    }
}

/// Counts failures against the run's limits.
private final class FailureCounter: Sendable {
    private let failFast: Bool
    private let limit: Int?
    private let number = Mutex(0)

    init(_ options: PipelineRun.Options) {
        failFast = options.failFast
        limit = options.maxFailures
    }

    func count(_ failure: DocumentFailure) throws {
        let count = number.withLock { value in
            value += 1
            return value
        }
        if failFast { throw failure }
        if let limit, count > limit {
            throw PipelinesError(
                .tooManyFailures,
                "\(count) documents failed, more than the \(limit) allowed; the last one: \(failure)")
        }
    }
}
