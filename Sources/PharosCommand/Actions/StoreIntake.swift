import Answering
import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Foundation
import HTTPService
import Pipelines
import Synchronization
import SystemPackage

/// Brings what the service is sent into a store, as `pharos add` does, and takes documents out of it.
///
/// The store is held for writing only while a file is in work; where a run holds it, files wait.
struct StoreIntake: DocumentIntake {
    let path: FilePath
    /// The key of an encrypted store.
    let key: StoreKey?
    let loaded: LoadedModel
    let threads: Int
    private let spool: UploadSpool

    /// Seconds between two looks at whether the store is free.
    private static let pause = 0.5
    /// Seconds that a removal waits for the store.
    private static let patience = 5.0

    init(path: FilePath, key: StoreKey? = nil, loaded: LoadedModel, threads: Int) {
        self.path = path
        self.key = key
        self.loaded = loaded
        self.threads = threads
        spool = UploadSpool(StorePaths(path).uploads, key: key)
    }

    func accept(_ upload: Upload, bytes: [UInt8]) throws {
        try reporting { try spool.keep(upload, bytes: bytes) }
    }

    func accepted() throws -> [Upload] {
        try spool.takeOver { file, trouble in
            // Where nobody reads it, the others are taken up all the same.
            let line = "pharos: the upload \(file) is left alone: \(trouble); remove it\n"
            do { try StandardStream.error.write(line) } catch { return }
        }
    }

    func add(
        _ upload: Upload, progress: @escaping @Sendable (UploadProgress) -> Void,
        shouldStop: @escaping @Sendable () -> Bool
    ) throws {
        do {
            try reporting(keeping: true) {
                let store = try waitingForStore(progress, shouldStop)
                let bytes = try spool.begin(upload.id)
                try run(upload, bytes, store, UploadObserver(progress), shouldStop)
            }
        } catch let error as ServiceError where error.status < 500 {
            // No later attempt mends it.
            try reporting { try spool.remove(upload.id) }
            throw error
        }
        try reporting { try spool.remove(upload.id) }
    }

    func remove(_ document: String, from collection: String) throws -> Bool {
        try reporting {
            let end = ContinuousClock.now + .seconds(Self.patience)
            let store = try waiting {
                try CacheStore(path, access: .writing(command: "serve"), key: key)
            } unless: { _ in
                ContinuousClock.now >= end
            }
            return try store.removeDocument(document, in: collection) != nil
        }
    }

    /// The store, once nobody else holds it.
    private func waitingForStore(
        _ progress: (UploadProgress) -> Void, _ shouldStop: () -> Bool
    ) throws -> CacheStore {
        var hasWaited = false
        let store = try waiting {
            try CacheStore.create(path, createdBy: "pharos \(Pharos.version)", command: "serve", key: key)
        } unless: { held in
            var state = UploadProgress()
            state.heldBy = try CacheStore.holder(of: path)?.description ?? held.message
            progress(state)
            hasWaited = true
            if shouldStop() { throw ServiceError.stopped }
            return false
        }
        if hasWaited { progress(UploadProgress()) }
        return store
    }

    /// What `open` gives, tried again while the store is held and `isOver` does not say that it was long enough.
    private func waiting(
        _ open: () throws -> CacheStore, unless isOver: (CacheStorageError) throws -> Bool
    ) throws -> CacheStore {
        while true {
            do {
                return try open()
            } catch let error as CacheStorageError where error.code == .locked {
                if try isOver(error) { throw error }
                Thread.sleep(forTimeInterval: Self.pause)
            }
        }
    }

    private func run(
        _ upload: Upload, _ bytes: [UInt8], _ store: CacheStore, _ observer: UploadObserver,
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
        request.sources = [SourceDefinition(path: upload.name, content: bytes)]
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
            try spool.putBack(upload.id)
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
    ///
    /// - Parameter keeping: whether the file is still there for another attempt.
    private func reporting<Result>(keeping: Bool = false, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ServiceError {
            throw error
        } catch {
            let report = ErrorReport.reports(of: error).first
            let isHeld = report?.status == .locked
            let message = report?.message ?? "the store was not changed"
            throw ServiceError(
                isHeld && !keeping ? 429 : report?.status == .exhausted ? 507 : 500, report?.code ?? "failed",
                keeping
                    ? message + "; the file is kept and tried again when the service starts next" : message,
                retryAfter: isHeld ? 10 : nil)
        }
    }
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
