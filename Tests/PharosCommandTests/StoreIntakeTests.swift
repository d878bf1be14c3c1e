import BundledModel
import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Foundation
import Pipelines
import SystemPackage
import Tensors
import Testing

@testable import HTTPService
@testable import PharosCommand

/// What the service is sent comes into an encrypted store as the collection's documents did.
@Suite final class StoreIntakeTests {
    private let root: FilePath
    private let intake: StoreIntake

    private struct Silent: RunObserver {
        func advanced(tokens: Int) {}
        func finished(_ document: DocumentOutcome) {}
        func failed(_ failure: DocumentFailure, document: String?) {}
    }

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "intake-\(UUID().uuidString)")
        root = FilePath(url.path(percentEncoded: false))
        try FileSystem.createDirectory(root)
        try StoreKey.create(root.appending("key"))
        intake = StoreIntake(
            path: root.appending("store"), key: try StoreKey(contentsOf: root.appending("key")),
            loaded: try LoadedModel(directory: try #require(BundledModel.directory), format: .f32), threads: 1
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: root.string) }

    private func recipe(_ ratio: Int) throws -> ContextRecipe {
        try ContextRecipe(
            intake.loaded,
            compression: ContextCaching.CompressionSettings(
                ratio: .fixed(ratio), segmentation: .windows(2)),
            storage: StorageSettings(), normaliser: TextNormalizer.version)
    }

    private func add(_ text: String, as name: String) throws {
        try intake.add(
            Upload(id: name, collection: "yard", name: name, bytes: Array(text.utf8)), progress: { _ in },
            shouldStop: { false })
    }

    @Test func finerCopiesAreMadeOfUploadsToo() throws {
        let settings = try [recipe(4), recipe(2)].map { try $0.identity(textDigest: "").settingsDigest }
        do {
            let store = try CacheStore.create(
                intake.path, createdBy: "test", command: "test", key: intake.key)
            let source = SourceDefinition(path: "gates.txt", content: Array("The gate is red.\n".utf8))
            let run = PipelineRun(
                sources: [source], collection: "yard", recipe: try recipe(4), fine: try recipe(2),
                store: store)
            _ = try run.perform(run.plan(), observer: Silent())
        }
        for name in ["gates.txt", "scales.txt"] {
            try add("The \(name) are green.\n", as: name)
            let store = try CacheStore(intake.path, key: intake.key)
            let document = try store.document(name, in: "yard")
            #expect(try store.text(of: document) == "The \(name) are green.\n")
            #expect(try store.caches(of: document).map(\.identity.settingsDigest) == settings)
        }
    }

    /// As the service's catalog does, the store that is searched stays open all along.
    @Test func searchesSeeUploadsAndRemovals() throws {
        try add("The lamp is amber.\n", as: "lamp.txt")
        let catalog = try CacheStore(intake.path, key: intake.key)
        func found(_ word: String) throws -> Set<String> {
            try Set(catalog.search(word, limit: 9).map(\.document))
        }
        #expect(try found("amber") == ["lamp.txt"])
        try add("The lamp is violet.\n", as: "lamp.txt")
        #expect(try found("amber").isEmpty)
        #expect(try found("violet") == ["lamp.txt"])
        try add("The kettle is violet.\n", as: "kettle.txt")
        #expect(try found("violet") == ["kettle.txt", "lamp.txt"])
        #expect(try intake.remove("lamp.txt", from: "yard"))
        #expect(try found("violet") == ["kettle.txt"])
    }
}
