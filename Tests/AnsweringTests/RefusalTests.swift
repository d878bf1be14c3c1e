import BundledModel
import CacheStorage
import ContextCaching
import FileAccess
import Foundation
import SystemPackage
import Tensors
import Testing
import Tokenization

@testable import Answering

/// Caches that were made under other circumstances are never answered from.
@Suite struct RefusalTests {
    private static let text =
        "The keeper of berth 7 is Ada Brandt. The tide there stands nine feet high at noon.\n"
    private static let head = "You answer from the documents below.\n"

    private let directory: FilePath
    private let context = ComputeContext(threads: 1)

    init() throws {
        directory = try #require(BundledModel.directory)
    }

    /// The bundled model under a prompt that begins with `head`.
    private func model(head: String) throws -> LoadedModel {
        var layout = PromptLayout(.plain)
        layout.head = head
        return try LoadedModel(directory: directory, format: .f32, layout: layout)
    }

    /// Asks a store that was made under one head and normaliser under others.
    private func error(made: (head: String, normaliser: String), asked: (head: String, normaliser: String))
        throws -> CacheStorageError?
    {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("pharos-\(UUID().uuidString)")
        defer { _ = try? FileManager.default.removeItem(at: url) }
        let store = try CacheStore.create(FilePath(url.path), createdBy: "1", command: "test")
        let recipe = try ContextRecipe(
            model(head: made.head),
            compression: CompressionSettings(ratio: .fixed(4), segmentation: .windows(2)),
            storage: StorageSettings(), normaliser: made.normaliser)
        let (tokens, plan) = try recipe.plan(Self.text)
        let identity = try recipe.identity(textDigest: ContentDigest.hex(of: Self.text))
        let writer = try store.cacheWriter(identity, layout: recipe.layout(plan))
        try ContextCompressor(recipe, context: context).compress(tokens, plan, into: writer)
        let summary = try writer.finish()
        try store.publish(
            DocumentRecord(collection: "c", id: "berths"), text: Self.text,
            passages: [
                Passage(segment: 0, windows: 0..<plan.windows.count, bytes: 0..<Self.text.utf8.count)
            ],
            cache: identity, summary: summary)
        let answerer = StoreAnswerer(
            store: store, collection: "c", loaded: try model(head: asked.head), normaliser: asked.normaliser,
            context: context)
        do {
            _ = try answerer.answer(Question("Who keeps berth 7?"), choice: ContextChoice())
            return nil
        } catch let error as CacheStorageError {
            return error
        }
    }

    @Test func anotherPromptHeadIsRefused() throws {
        let error = try #require(try error(made: ("", "1"), asked: (Self.head, "1")))
        #expect(error.code == .identity)
        #expect(
            error.differences == [
                IdentityDifference(
                    field: "prompt.head", expected: ContentDigest.hex(of: Self.head),
                    found: ContentDigest.hex(of: ""))
            ])
        #expect(error.message.contains("prompt.head") && error.message.contains("pharos run"))
        #expect(try self.error(made: (Self.head, "1"), asked: (Self.head, "1")) == nil)
    }

    @Test func anotherNormaliserIsRefused() throws {
        let error = try #require(try error(made: ("", "1"), asked: ("", "2")))
        #expect(error.code == .identity)
        #expect(
            error.differences == [IdentityDifference(field: "text.normaliser", expected: "2", found: "1")])
        #expect(error.message.contains("text.normaliser: the cache has 1, expected 2"))
        #expect(error.message.contains("pharos run"))
    }
}
