public import CacheStorage
public import ContextCaching
public import Documents
import FileAccess
import Foundation
import Synchronization
import SystemPackage
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
        /// Whether a source that holds nothing is meant to, so that what came from it leaves the collection.
        public var allowsEmptySources = false
        /// The share of the documents that belongs to this run; all of them when nil.
        public var shard: ShardAssignment?
        /// Which documents are worked on at all, by what was read; the plan leaves out all others.
        public var selects: (@Sendable (Document) -> Bool)?
        /// Which files' failures are told where `selects` chooses documents; all when nil.
        public var selectsFailures: (@Sendable (_ file: String?) -> Bool)?
        /// Whether the store keeps what was read until the run is done, for the next one if it is not.
        public var keepsJournal = false
        /// The program in its version: what another one read is read again.
        public var program = ""
        /// What the store may take.
        public var budget = StoreBudget()
        /// Source bytes after which a place is noted from which the sources can be read on.
        var placeInterval = 8 << 20
        /// Seconds since 1970.
        var now: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }
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

    /// Where the run notes what it has read, if it does.
    ///
    /// The journal of an encrypted store would hold ids and names of elements as they are, so it has none.
    var journal: FilePath? {
        guard options.keepsJournal, options.selects == nil, let paths = store?.paths, !paths.isSealed else {
            return nil
        }
        return PlanJournal.path(collection, in: paths.runs)
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
        @Sendable func note(_ failure: DocumentFailure, of document: String?) throws {
            observer.failed(failure, document: document)
            report.withLock {
                $0.failures.append(failure)
                if let document { $0.unpublished.append(document) }
            }
            try failures.count(failure)
        }
        if options.budget.isLimited { try store.makeRoom(for: 0, within: options.budget) }
        report.withLock { $0.skipped = plan.skipped }
        for failure in plan.failures { try note(failure, of: nil) }
        for document in plan.documents where document.action == .skip {
            try note(DocumentFailure(.limit, "\(document.id): \(document.reason)"), of: document.id)
        }
        let todo = try unpublished(plan, store) { outcome in
            report.withLock { $0.add(outcome) }
            observer.finished(outcome)
        }
        let threads = max(1, options.threads / max(1, options.jobs))
        let turns = TextTurns()
        let queue = WorkQueue<Document>(workers: max(1, options.jobs)) { _ in
            let publisher = DocumentPublisher(
                run: self, store: store, context: ComputeContext(threads: threads), turns: turns)
            return { document in
                guard let planned = todo[ByteKey(document.id)] else { return }
                do {
                    let outcome = try publisher.publish(document, planned: planned, observer: observer)
                    report.withLock { $0.add(outcome) }
                    observer.finished(outcome)
                } catch let error as CacheStorageError where error.code == .value {
                    // The document's own trouble; everything else is the store's and ends the run.
                    let failure = DocumentFailure(
                        .limit, "\(document.id): \(error.message)", file: document.source.file)
                    try note(failure, of: document.id)
                }
            }
        }
        let lost: [String]
        do {
            lost = try read(todo, of: plan) { try queue.add($0) }
        } catch {
            // What is in work is finished or stopped by its own check; the reading's error is the one to tell.
            do { try queue.finish() } catch let stopped { throw stopped }
            throw error
        }
        try queue.finish()
        for id in lost { try note(.lost(id), of: id) }
        for document in plan.documents where document.action == .remove {
            try store.removeDocument(document.id, in: collection)
            let outcome = DocumentOutcome(id: document.id, action: .remove, reason: document.reason)
            report.withLock { $0.add(outcome) }
            observer.finished(outcome)
        }
        if let journal { try PlanJournal.remove(journal) }
        return report.withLock { $0 }
    }

    /// The documents that are still to be read, by id; the others are handed to `body` as they are in the store.
    private func unpublished(
        _ plan: RunPlan, _ store: CacheStore, _ body: (DocumentOutcome) -> Void
    ) throws -> [ByteKey: PlannedDocument] {
        let published = PublishedDocuments(run: self, store: store)
        var todo: [ByteKey: PlannedDocument] = [:]
        for document in plan.documents where document.action != .skip && document.action != .remove {
            if document.action == .reuse, let stored = try published.find(document),
                let outcome = try published.outcome(document, stored)
            {
                body(outcome)
            } else {
                todo[ByteKey(document.id)] = document
            }
        }
        return todo
    }

    /// Hands over the documents that are to be read, and gives the ids of those that the sources no longer have.
    ///
    /// Reading begins behind the last known place that has none of them before it.
    private func read(
        _ todo: [ByteKey: PlannedDocument], of plan: RunPlan, _ body: (Document) throws -> Void
    ) throws -> [String] {
        guard let first = todo.values.map(\.ordinal).min() else { return [] }
        var place: PlanPlace?
        if let known = plan.places.last(where: { $0.documentCount <= first }), let state = plan.state,
            try SourceState(self, now: .max) == state
        {
            place = known
        }
        var left = todo
        for (number, source) in sources.enumerated() where number >= place?.source ?? 0 {
            let files: [SourceFile]
            // The plan told of it; the other sources are read.
            do { files = try source.files() } catch is DocumentFailure { continue }
            try DocumentSourceReader(source).forEachDocument(
                in: files,
                after: place?.source == number ? place?.checkpoint : nil
            ) { result, _ in
                if options.shouldStop() { throw CancellationError() }
                guard case .document(let document) = result, let planned = left[ByteKey(document.id)] else {
                    return
                }
                if planned.isRepeated {
                    let digest = ContentDigest.hex(of: document.text)
                    let record = try CorpusSummary.record(document, textDigest: digest)
                    guard record == planned.recordDigest else { return }
                }
                left[ByteKey(document.id)] = nil
                try body(document)
            }
        }
        return left.values.sorted { $0.ordinal < $1.ordinal }.map(\.id)
    }
}

extension DocumentFailure {
    /// A document was read for the plan, and not again for the work.
    fileprivate static func lost(_ id: String) -> DocumentFailure {
        DocumentFailure(
            .unreadable,
            "the document “\(id)” was there when the run was planned and was not read again; "
                + "the sources changed meanwhile, so run again")
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
