import BeaconModel
import BundledModel
import CacheStorage
import Foundation
import SystemPackage
import Tensors
import Testing
import Tokenization

@testable import ContextCaching

/// A directory that is removed with the object.
final class TemporaryDirectory {
    let path: FilePath

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("pharos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = FilePath(url.path)
    }

    deinit { _ = try? FileManager.default.removeItem(atPath: path.string) }
}

@Suite struct ContextCompressorTests {
    private static let text = (0..<60).map { number in
        "The access code of depot \(number) is \(1000 + number * 37). It opens at \(6 + number % 5):30.\n\n"
    }.joined()

    private func recipe(
        _ segmentation: CompressionSettings.Segmentation, ratio: Int = 4, encoding: KeyValueEncoding = .int8,
        layout: PromptLayout? = nil
    ) throws -> ContextRecipe {
        let directory = try #require(BundledModel.directory)
        return try ContextRecipe(
            LoadedModel(directory: directory, format: .f32, layout: layout),
            compression: CompressionSettings(ratio: .fixed(ratio), segmentation: segmentation),
            storage: StorageSettings(keys: encoding, values: encoding), normaliser: "1")
    }

    /// Compresses `text` into `directory`, stopping after `windows` windows as often as asked.
    private func compress(
        _ text: String, _ recipe: ContextRecipe, in directory: FilePath, stoppingAfter windows: [Int] = [],
        extending older: (ContextCacheReader, windows: Int)? = nil
    ) throws -> ContextCacheReader {
        struct Stop: Error {}
        let (tokens, plan) = try recipe.plan(text)
        let identity = try recipe.identity(
            textDigest: String(repeating: "a", count: 63) + "\(text.utf8.count % 10)")
        let path = directory.appending("\(identity.digest).kv.zst")
        for limit in windows + [Int.max] {
            let writer = try ContextCacheWriter(
                path, identity: identity, layout: recipe.layout(plan), extending: older?.0,
                reusableWindows: older?.windows ?? 0)
            var passes = 0
            do {
                try ContextCompressor(recipe, context: ComputeContext(threads: 1)).compress(
                    tokens, plan, into: writer
                ) { _ in
                    passes += 1
                    if passes == limit { throw Stop() }
                }
                _ = try writer.finish()
            } catch is Stop {
                continue
            }
        }
        return try ContextCacheReader(path, expected: identity)
    }

    /// Beacons behind a window's tokens stand for as many of them each as beacons between them do.
    @Test func appendedBeaconsShareTheWindow() throws {
        let directory = try #require(BundledModel.directory)
        let tokenizer = try Tokenizer(contentsOf: directory.appending("tokenizer.json"))
        let tokens = DocumentTokens(
            text: Self.text, head: [], layout: PromptLayout(.plain), tokenizer: tokenizer)
        var model = try ModelConfiguration(directory: directory)
        let settings = CompressionSettings(ratio: .fixed(8), segmentation: .document)
        let between = try ChunkPlan(tokens, settings: settings, model: model)
        model.beacon.placement = .append
        let behind = try ChunkPlan(tokens, settings: settings, model: model)
        for (left, right) in zip(between.windows, behind.windows) where left.isComplete {
            let intervals = [left, right].map { $0.entries.filter { $0.kind == .beacon }.map(\.interval) }
            #expect(intervals[0] == intervals[1] && intervals[0].count == 16)
        }
    }

    /// Without a head to share, every segment has an attention sink of its own first tokens.
    @Test func aSegmentIsRestoredWithItsOwnSink() throws {
        let (bundled, copy) = (try #require(BundledModel.directory), try TemporaryDirectory())
        for name in ["tokenizer.json", "model.safetensors"] {
            try FileManager.default.copyItem(
                atPath: bundled.appending(name).string, toPath: copy.path.appending(name).string)
        }
        let config = try String(contentsOfFile: bundled.appending("config.json").string, encoding: .utf8)
        let changed = config.replacing(#""beacon_sink_size" : 0"#, with: #""beacon_sink_size" : 4"#)
        try #require(changed != config)
        try Data(changed.utf8).write(to: URL(filePath: copy.path.appending("config.json").string))
        let recipe = try ContextRecipe(
            LoadedModel(directory: copy.path, format: .f32),
            compression: CompressionSettings(ratio: .fixed(4), segmentation: .windows(2)),
            storage: StorageSettings(keys: .f32, values: .f32), normaliser: "1")
        let directory = try TemporaryDirectory()
        // Every paragraph begins in its own way, and so does every segment.
        let text = (0..<60).map {
            "\($0 * 7919 % 1000) is the access code of depot \($0), which opens at noon.\n\n"
        }
        let reader = try compress(text.joined(), recipe, in: directory.path)
        let parts = try ContextRestorer(recipe).document("depots", reader)
        #expect(parts.count > 2)
        for number in 0..<2 {
            #expect(try parts[number].sink == MemoryBlock(reader.block(.sink(segment: number))))
        }
        #expect(parts[0].sink != parts[1].sink)
    }

    /// The promise behind answering from caches: it is the reference's result for the whole prompt.
    @Test func cachedDocumentAnswersAsTheWholePrompt() throws {
        var layout = PromptLayout(.plain)
        layout.head = "Register of the harbour's depots, second part.\n\n"
        let recipe = try recipe(.document, encoding: .f32, layout: layout)
        let directory = try TemporaryDirectory()
        let reader = try compress(Self.text, recipe, in: directory.path)
        let parts = try ContextRestorer(recipe).document("depots", reader)
        let context = ComputeContext(threads: 1)
        let question = recipe.loaded.tokenizer.encode(
            "\nQuestion: What is the access code of depot 41?\nAnswer:", addingSpecialTokens: false
        ).ids
        let options = GenerationOptions(maxTokens: 12)

        let whole = BeaconSequence(recipe.loaded.model, settings: recipe.settings, context: context)
        let (tokens, _) = try recipe.plan(Self.text)
        let logits = try #require(try whole.feed(tokens.head + tokens.encoding.ids + question))
        let expected = try whole.generate(after: logits, options: options)

        let part = try #require(parts.first)
        let restored = BeaconSequence(recipe.loaded.model, settings: recipe.settings, context: context)
        try restored.memory.appendBeacons(
            part.entries, origins: [Int32](repeating: -1, count: part.intervals.count), using: context)
        let tail = try #require(part.tail)
        restored.memory.appendOpen(
            tail.block, kinds: tail.kinds, origins: [Int32](repeating: -1, count: tail.kinds.count),
            using: context)
        try restored.resume(
            consumed: part.tokens, openTokens: tail.kinds.count { $0 == .raw }, remainder: tail.remainder,
            ratio: tail.ratio)
        let continued = try #require(try restored.feed(question))
        #expect(try restored.generate(after: continued, options: options) == expected)
        #expect(restored.planner.consumed == whole.planner.consumed)
    }

    @Test(arguments: [CompressionSettings.Segmentation.document, .windows(2)])
    func stoppedAndContinuedIsTheSameFile(segmentation: CompressionSettings.Segmentation) throws {
        let recipe = try recipe(segmentation)
        let undisturbed = try TemporaryDirectory()
        let stopped = try TemporaryDirectory()
        let expected = try compress(Self.text, recipe, in: undisturbed.path)
        let found = try compress(Self.text, recipe, in: stopped.path, stoppingAfter: [1, 3, 1, 2])
        #expect(
            FileManager.default.contentsEqual(atPath: expected.path.string, andPath: found.path.string))
        #expect(try FileManager.default.contentsOfDirectory(atPath: stopped.path.string).count == 1)
    }

    @Test(arguments: [CompressionSettings.Segmentation.document, .windows(2)])
    func extendedIsTheSameFileAsComputedAnew(segmentation: CompressionSettings.Segmentation) throws {
        let recipe = try recipe(segmentation)
        let fresh = try TemporaryDirectory()
        let extended = try TemporaryDirectory()
        let grown = Self.text + "The access code of depot 99 is 4711."
        let older = try compress(Self.text, recipe, in: extended.path)
        let (_, before) = try recipe.plan(Self.text)
        let (_, after) = try recipe.plan(grown)
        let same = zip(before.windows, after.windows).prefix { $0 == $1 }.count
        #expect(same > 3)
        let found = try compress(grown, recipe, in: extended.path, extending: (older, same))
        let expected = try compress(grown, recipe, in: fresh.path)
        #expect(
            FileManager.default.contentsEqual(atPath: expected.path.string, andPath: found.path.string))
    }

    @Test func planCoversEveryTokenOnce() throws {
        for segmentation in [CompressionSettings.Segmentation.document, .windows(1), .windows(3)] {
            let (tokens, plan) = try recipe(segmentation).plan(Self.text)
            var next = 0
            for segment in plan.segments {
                #expect(segment.interval.tokens.lowerBound == next)
                next = segment.interval.tokens.upperBound
                var covered = segment.interval.tokens.lowerBound
                let entries =
                    plan.windows[segment.windows].flatMap(\.entries) + segment.tail.filter { $0.kind == .raw }
                for entry in entries where !entry.interval.tokens.isEmpty {
                    #expect(entry.interval.tokens.lowerBound == covered)
                    covered = entry.interval.tokens.upperBound
                }
                #expect(covered == next)
            }
            #expect(next == tokens.count)
        }
    }

    @Test func identityNamesWhatChanged() throws {
        let four = try recipe(.document).identity(textDigest: "t")
        let eight = try recipe(.document, ratio: 8).identity(textDigest: "t")
        let difference = try #require(four.difference(from: eight).first)
        #expect(difference.field == "ratios")
        #expect(difference.expected == "4")
        #expect(difference.found == "8")
        #expect(try recipe(.document).identity(textDigest: "t") == four)
    }
}
