import BundledModel
import CacheStorage
import ContextCaching
import FileAccess
import Foundation
import SystemPackage
import Tensors
import Testing

@testable import Answering

/// Stores with one document about the berths of a harbour, made with the bundled model.
struct BerthLibrary {
    private static let text = (0..<30).map { number in
        "Berth \(number) is kept by \(["Ada Brandt", "Tomas Quell", "Ines Moor"][number % 3]) and lies at quay "
            + "\(number * 7). The tide there stands \(number + 2) feet high at noon.\n"
    }.joined()

    let loaded: LoadedModel
    let context = ComputeContext(threads: 1)

    init() throws {
        loaded = try LoadedModel(directory: try #require(BundledModel.directory), format: .f32)
    }

    private func write(_ ratio: Int, _ segmentation: CompressionSettings.Segmentation, _ store: CacheStore)
        throws -> (CacheIdentity, CacheSummary, [Passage])
    {
        let recipe = try ContextRecipe(
            loaded, compression: CompressionSettings(ratio: .fixed(ratio), segmentation: segmentation),
            storage: StorageSettings(keys: .f16, values: .f16), normaliser: "n")
        let (tokens, plan) = try recipe.plan(Self.text)
        let identity = try recipe.identity(textDigest: ContentDigest.hex(of: Self.text))
        let writer = try store.cacheWriter(identity, layout: recipe.layout(plan))
        try ContextCompressor(recipe, context: context).compress(tokens, plan, into: writer)
        let passages =
            segmentation == .document
            ? plan.windows.map {
                Passage(segment: 0, windows: $0.index..<$0.index + 1, bytes: $0.interval.bytes)
            }
            : plan.segments.enumerated().map {
                Passage(segment: $0.offset, windows: $0.element.windows, bytes: $0.element.interval.bytes)
            }
        return (identity, try writer.finish(), passages)
    }

    /// A store with one document of ratio `main`, and a finer copy where one is wanted.
    func answerer(
        _ root: FilePath, main: Int, fine: Int?, _ segmentation: CompressionSettings.Segmentation
    ) throws -> StoreAnswerer {
        let store = try CacheStore.create(root, createdBy: "1", command: "test")
        let coarse = try write(main, segmentation, store)
        let finer = try fine.map { try write($0, segmentation, store) }
        try store.publish(
            DocumentRecord(collection: "c", id: "berths"), text: Self.text, passages: coarse.2,
            cache: coarse.0, summary: coarse.1, companions: finer.map { [$0.0] } ?? [],
            companionSummaries: finer.map { [$0.1] } ?? [])
        return StoreAnswerer(store: store, collection: "c", loaded: loaded, normaliser: "n", context: context)
    }

    func inTemporaryDirectory(_ body: (FilePath) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("pharos-\(UUID().uuidString)")
        defer { _ = try? FileManager.default.removeItem(at: url) }
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try body(FilePath(url.path))
    }
}
