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
            let folder = FilePath(NSTemporaryDirectory()).appending("pharos-upload-\(upload.id)")
            try FileSystem.createDirectory(folder)
            defer { Self.remove(folder) }
            let file = folder.appending(upload.name)
            try AtomicFile.replace(file, with: upload.bytes)
            let store = try CacheStore.create(
                path, createdBy: "pharos \(Pharos.version)", command: "serve", key: key)
            try run(upload, file, store, UploadObserver(progress), shouldStop)
        }
    }

    func remove(_ document: String, from collection: String) throws -> Bool {
        try reporting {
            let store = try CacheStore(path, access: .writing(command: "serve"), key: key)
            return try store.removeDocument(document, in: collection) != nil
        }
    }

    private func run(
        _ upload: Upload, _ file: FilePath, _ store: CacheStore, _ observer: UploadObserver,
        _ shouldStop: @escaping @Sendable () -> Bool
    ) throws {
        var options = PipelineRun.Options()
        options.threads = threads
        options.removesMissing = false
        options.shouldStop = shouldStop
        let recipe = try recipe(upload.collection, store)
        let request = RunRequest(
            adding: [file.string], collection: upload.collection, store: path,
            compression: recipe.compression, storage: recipe.storage)
        let run = PipelineRun(
            sources: request.sources, collection: request.collection, recipe: recipe, store: store,
            options: options)
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

    /// As the collection's documents were made; as `add` makes them where there are none.
    private func recipe(_ collection: String, _ store: CacheStore) throws -> ContextRecipe {
        let known = try Dictionary(
            store.caches().map { ($0.identity.digest, $0.identity) }, uniquingKeysWith: { $1 })
        var found: CacheIdentity?
        try store.forEachDocument(in: collection) { document in
            found = found ?? document.cache.flatMap { known[$0] }
        }
        if let found { return try ContextRecipe(loaded, askedOf: found, normaliser: TextNormalizer.version) }
        return try ContextRecipe(
            loaded,
            compression: try CompressionChoice.settings(
                ratio: String(AnswerDefaults.ratio), segment: "\(AnswerDefaults.segmentWindows) windows",
                window: nil),
            storage: StorageSettings(), normaliser: TextNormalizer.version)
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

    /// What cannot be removed from the temporary folder is the system's to clear.
    private static func remove(_ folder: FilePath) {
        do { try FileManager.default.removeItem(atPath: folder.string) } catch { return }
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
