import Answering
import CacheStorage
import ContextCaching
import Documents
import HTTPService
import Pipelines
import Synchronization
import SystemPackage

/// Brings what the service is sent into a store, as `pharos add` does, and takes documents out of it.
///
/// The store is held for writing only while a file is in work.
struct StoreIntake: DocumentIntake {
    let path: FilePath
    /// The key of an encrypted store.
    var key: StoreKey?
    let loaded: LoadedModel
    let threads: Int

    func add(
        _ upload: Upload, progress: @escaping @Sendable (UploadProgress) -> Void,
        shouldStop: @escaping @Sendable () -> Bool
    ) throws {
        try reporting {
            let store = try CacheStore.create(
                path, createdBy: "pharos \(Pharos.version)", command: "serve", key: key)
            try run(upload, store, UploadObserver(progress), shouldStop)
        }
    }

    func remove(_ document: String, from collection: String) throws -> Bool {
        try reporting {
            let store = try CacheStore(path, access: .writing(command: "serve"), key: key)
            return try store.removeDocument(document, in: collection) != nil
        }
    }

    private func run(
        _ upload: Upload, _ store: CacheStore, _ observer: UploadObserver,
        _ shouldStop: @escaping @Sendable () -> Bool
    ) throws {
        var options = PipelineRun.Options()
        options.threads = threads
        options.removesMissing = false
        options.shouldStop = shouldStop
        let (recipe, fine) = try recipes(upload.collection, store)
        var request = RunRequest(
            adding: [], collection: upload.collection, store: path, compression: recipe.compression,
            storage: recipe.storage)
        // From memory: the documents of an encrypted store are nowhere on the disk as they are.
        request.sources = [SourceDefinition(path: upload.name, content: upload.bytes)]
        request.fine = fine?.compression
        let run = PipelineRun(
            sources: request.sources, collection: request.collection, recipe: recipe, fine: fine,
            store: store, options: options)
        let history = try RunHistory(run: run, request: request, command: "serve: upload \(upload.name)")
        do {
            let plan = try run.plan()
            observer.begin(plan)
            let report = try run.perform(plan, observer: observer)
            for failure in report.failures { try history.note(failure, document: nil) }
            try history.finish(report.failures.isEmpty ? "done" : "done with failures", report)
            if report.documents == 0 {
                throw report.failures.first.map { ServiceError(422, $0.reportCode, $0.message) }
                    ?? ServiceError(422, "document-empty", "the file holds no document")
            }
        } catch is CancellationError {
            try history.abandon("stopped")
            throw ServiceError.stopped
        } catch let error as ServiceError {
            throw error
        } catch {
            try history.abandon("failed")
            throw error
        }
    }

    /// As the collection's documents were made, with a finer copy where they have one; as `add` makes them where
    /// there are none.
    private func recipes(
        _ collection: String, _ store: CacheStore
    ) throws -> (ContextRecipe, fine: ContextRecipe?) {
        let made = try example(collection, store).map {
            try ContextRecipe(loaded, askedOf: $0, normaliser: TextNormalizer.version)
        }
        if let recipe = made.first { return (recipe, made.dropFirst().first) }
        let recipe = try ContextRecipe(
            loaded,
            compression: try CompressionChoice.settings(
                ratio: String(CompressionDefaults.ratio),
                segment: SegmentRule.windows(CompressionDefaults.segmentWindows).description, window: nil),
            storage: StorageSettings(), normaliser: TextNormalizer.version)
        return (recipe, nil)
    }

    /// The caches of the collection's first document that is answered from one, that one first.
    private func example(_ collection: String, _ store: CacheStore) throws -> [CacheIdentity] {
        var page = try store.documents(in: collection, after: nil, limit: 100)
        while let last = page.last {
            for document in page {
                let caches = try store.caches(of: document).map(\.identity)
                if let first = caches.first, first.digest == document.cache { return caches }
            }
            page = try store.documents(in: collection, after: last.id, limit: 100)
        }
        return []
    }

    /// What `body` throws, with the codes of the command line.
    private func reporting<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ServiceError {
            throw error
        } catch {
            let report = ErrorReport.reports(of: error).first
            let isHeld = report?.status == .locked
            throw ServiceError(
                isHeld ? 429 : 500, report?.code ?? "failed", report?.message ?? "the store was not changed",
                retryAfter: isHeld ? 10 : nil)
        }
    }
}

extension ServiceError {
    fileprivate static let stopped = ServiceError(
        503, "stopping", "the service was shut down before the file was done; send it again")
}

/// Adds up a run's progress for whoever watches the upload.
private final class UploadObserver: RunObserver {
    private let progress: @Sendable (UploadProgress) -> Void
    private let state = Mutex(UploadProgress())

    init(_ progress: @escaping @Sendable (UploadProgress) -> Void) {
        self.progress = progress
    }

    func begin(_ plan: RunPlan) {
        update {
            $0.documents = plan.documents.count
            $0.tokens = plan.tokensToCompute
        }
    }

    func advanced(tokens: Int) { update { $0.tokensDone = min($0.tokens, $0.tokensDone + tokens) } }

    func finished(_ document: DocumentOutcome) {
        update {
            $0.documentsDone += 1
            $0.published.append(document.id)
        }
    }

    func failed(_ failure: DocumentFailure, document: String?) {
        update { $0.failures.append(failure.message) }
    }

    private func update(_ change: (inout UploadProgress) -> Void) {
        let value = state.withLock { state in
            change(&state)
            return state
        }
        progress(value)
    }
}
