import BeaconModel
import BundledModel
import CacheStorage
import ContextCaching
import FileAccess
import Foundation
import SystemPackage
import Tensors
import Testing

@testable import Answering

/// Answers from a coarse cache with the windows that a search hits promoted to a finer copy.
@Suite struct FineCopyTests {
    private static let text = (0..<30).map { number in
        "Berth \(number) is kept by \(["Ada Brandt", "Tomas Quell", "Ines Moor"][number % 3]) and lies at quay "
            + "\(number * 7). The tide there stands \(number + 2) feet high at noon.\n"
    }.joined()

    private let loaded: LoadedModel
    private let context = ComputeContext(threads: 1)

    init() throws {
        loaded = try LoadedModel(directory: try #require(BundledModel.directory), format: .f32)
    }

    /// Keys and values of all entries, run by run.
    private func rows(_ part: ContextPart) throws -> [[Float]] {
        var result: [[Float]] = []
        for entries in part.entries { try entries.forEachLayer { result += [$2, $3] } }
        return result
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
    private func answerer(
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

    private func inTemporaryDirectory(_ body: (FilePath) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("pharos-\(UUID().uuidString)")
        defer { _ = try? FileManager.default.removeItem(at: url) }
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try body(FilePath(url.path))
    }

    @Test(arguments: [CompressionSettings.Segmentation.windows(2), .document])
    func promotedWindowsAreThoseOfTheFinerCopy(_ segmentation: CompressionSettings.Segmentation) throws {
        try inTemporaryDirectory { directory in
            let both = try answerer(directory.appending("both"), main: 8, fine: 2, segmentation)
            let fine = try answerer(directory.appending("fine"), main: 2, fine: nil, segmentation)
            let coarse = try answerer(directory.appending("coarse"), main: 8, fine: nil, segmentation)
            for words in [
                "Who keeps berth 7?", "Where does berth 22 lie?", "How high is the tide at berth 3?",
            ] {
                let question = Question(words)
                let choice = ContextChoice(
                    unit: segmentation == .document ? .windows : .segments, top: 1, beacons: 4096)
                let pieces = try both.choose(question, choice)
                #expect(pieces.allSatisfy { !$0.promoted.isEmpty })
                let promoted = try pieces.flatMap { try both.restore($0, OpenedCaches(both)) }
                let expected = try fine.choose(question, choice).flatMap {
                    try fine.restore($0, OpenedCaches(fine))
                }
                #expect(try promoted.map(rows) == expected.map(rows))
                #expect(promoted.map(\.intervals) == expected.map(\.intervals))
                #expect(promoted.map(\.tokens) == expected.map(\.tokens))
                #expect(try both.answer(question, choice: choice).promoted > 0)
                // Without room for more entries the coarse ones do.
                var tight = choice
                tight.beacons = 1
                let plain = try both.answer(question, choice: tight)
                #expect(plain.promoted == 0)
                #expect(try plain.tokens == coarse.answer(question, choice: tight).tokens)
            }
        }
    }

    @Test func wholeDocumentsArePromotedWindowByWindow() throws {
        try inTemporaryDirectory { directory in
            let both = try answerer(directory.appending("both"), main: 8, fine: 2, .document)
            let question = Question("Who keeps berth 7?", documents: ["berths"])
            let whole = try both.choose(question, ContextChoice(unit: .document, beacons: 4096))
            #expect(!whole[0].promoted.isEmpty)
            let caches = OpenedCaches(both)
            let coarse = try caches.coarse(whole[0].document)
            let fine = try #require(try caches.fine(whole[0].document))
            let some = try both.choose(
                question, ContextChoice(unit: .document, beacons: coarse.entryCount + 60))
            #expect(some[0].promoted.count < whole[0].promoted.count && !some[0].promoted.isEmpty)
            let part = try #require(try both.restore(some[0], caches).first)
            let more = some[0].promoted.reduce(0) {
                $0 + fine.entryCount($1..<$1 + 1) - coarse.entryCount($1..<$1 + 1)
            }
            #expect(part.entryCount == coarse.entryCount + more && more <= 60)
            #expect(part.intervals.map(\.bytes.lowerBound) == part.intervals.map(\.bytes.lowerBound).sorted())
            #expect(try both.restore(whole[0], caches).count == 1)
        }
    }

    @Test func aFinerCopyThatIsGoneIsNamed() throws {
        try inTemporaryDirectory { directory in
            let both = try answerer(directory.appending("both"), main: 8, fine: 2, .windows(2))
            let document = try both.store.document("berths", in: "c")
            let file = both.store.paths.object(document.companions[0]).string
            try FileManager.default.removeItem(atPath: file)
            let error = #expect(throws: CacheStorageError.self) {
                try both.answer(Question("Who keeps berth 7?"), choice: ContextChoice())
            }
            #expect(error?.code == .damaged && error?.message.contains("pharos run") ?? false)
        }
    }
}
