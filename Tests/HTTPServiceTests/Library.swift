import Answering
import BundledModel
import CacheStorage
import ContextCaching
import Documents
import Foundation
import Logging
import Pipelines
import SystemPackage
import Tensors
import Testing

@testable import HTTPService

/// A small store with the bundled model, made once, and services over it.
final class Library: Sendable {
    static let shared = Result { try Library() }
    static let token = "0123456789abcdef"

    private let path: FilePath
    private let loaded: LoadedModel

    private struct Silent: RunObserver {
        func advanced(tokens: Int) {}
        func finished(_ document: DocumentOutcome) {}
        func failed(_ failure: DocumentFailure, document: String?) {}
    }

    init() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(
            "pharos-\(UUID().uuidString)")
        let sources = root.appendingPathComponent("sources/yard")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        let gates = """
            The access code of the Varnish gate is QX-1199. The gate was painted in May.
            The warden of the Varnish gate is Merrit Oaks.

            """
        let scales =
            "The Hobbin scale is listed under CS-5507. The warranty of the Hobbin scale is 60 months.\n"
        try Data(gates.utf8).write(to: sources.appendingPathComponent("gates.txt"))
        try Data(scales.utf8).write(to: sources.appendingPathComponent("scales.txt"))
        path = FilePath(root.appendingPathComponent("store").path)
        loaded = try LoadedModel(directory: try #require(BundledModel.directory), format: .f32)
        let recipe = try ContextRecipe(
            loaded, compression: CompressionSettings(ratio: .fixed(4), segmentation: .windows(2)),
            storage: StorageSettings(), normaliser: TextNormalizer.version)
        let store = try CacheStore.create(path, createdBy: "test", command: "test")
        let run = PipelineRun(
            sources: [SourceDefinition(path: root.appendingPathComponent("sources").path)],
            collection: "yard",
            recipe: recipe, store: store)
        _ = try run.perform(run.plan(), observer: Silent())
    }

    /// What the answering itself says, without a service around it.
    func answer(_ question: String) throws -> Answer {
        try answerer().answer(Question(question), choice: ContextChoice())
    }

    /// What the answering itself says to an order.
    func answer(_ order: AnswerOrder) throws -> Answer {
        try answerer().answer(order.question, choice: order.choice, options: order.options)
    }

    /// A desk without a service around it.
    func desk() throws -> AnswerDesk {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return AnswerDesk(
            try answerer(), limits: ServiceLimits(), metrics: ServiceMetrics(), logger: logger)
    }

    /// Takes away what a document is answered from.
    func removeCache(of document: String) throws {
        let store = try CacheStore(path)
        let digest = try #require(try store.document(document, in: "yard").cache)
        try FileManager.default.removeItem(atPath: store.paths.object(digest).string)
    }

    private func answerer() throws -> StoreAnswerer {
        StoreAnswerer(
            store: try CacheStore(path), collection: "yard", loaded: loaded,
            normaliser: TextNormalizer.version, context: ComputeContext(threads: 1))
    }

    /// A service over the store.
    func service(
        intake: (any DocumentIntake)? = nil, _ change: (inout ServiceSettings) -> Void = { _ in }
    ) throws -> PharosService {
        var settings = ServiceSettings(version: "test")
        settings.token = Self.token
        change(&settings)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try PharosService(
            settings, answerer: try answerer(), catalog: try CacheStore(path), intake: intake, logger: logger)
    }
}
