import BeaconModel
import Foundation
import SystemPackage
import Testing

@testable import BeaconTraining

struct ModelMakingTests {
    private static let small = ModelShape(
        vocabularySize: 64, hiddenSize: 32, intermediateSize: 24, layers: 2, heads: 2, kvHeads: 1)

    private func engine(_ parameters: ModelParameters) -> GradientEngine {
        GradientEngine(
            parameters, trainable: TrainableSet(.everything, of: parameters.table),
            angles: RotaryAngles(positions: 512, headDim: 16, theta: 1e6), lanes: 1)
    }

    private func plan(_ tokens: [Int32], from first: Int = 1, ratios: [Int] = []) -> SequencePlan {
        let weights = tokens.indices.map { $0 >= first ? Float(1) : 0 }
        return QuestionSequencePlanner(windowSize: 8).plan(
            LabelledTokens(tokens: tokens, weights: weights),
            branches: [LabelledTokens(tokens: [1], weights: [1])],
            compression: .init(ratios: ratios, openRatio: 0))
    }

    /// Key/value heads of the small model, then hidden size, layers and key/value heads of the large one.
    @Test(
        "A grown model computes what the small one computes, and all of it learns",
        arguments: [(1, 48, 2, 3), (1, 48, 3, 3), (1, 64, 2, 1), (2, 64, 3, 2), (2, 64, 2, 4)])
    func growth(smallHeads: Int, hiddenSize: Int, layers: Int, kvHeads: Int) throws {
        var small = Self.small
        small.kvHeads = smallHeads
        let model = try TinyModel.parameters(small)
        var random = SeededRandom(seed: 8)
        let plan = plan((0..<30).map { _ in Int32(random.below(64)) }, ratios: [2, 4])
        let before = try engine(model).evaluate([[plan]]).loss
        let growth = ModelGrowth(
            hiddenSize: hiddenSize, intermediateSize: 40, layers: layers, kvHeads: kvHeads)
        let trainer = engine(try growth.grow(model))
        #expect(abs(try trainer.evaluate([[plan]]).loss - before) < 1e-4)
        _ = try trainer.accumulate([[plan]])
        // In a new layer what writes learns first; what reads follows once something is written.
        for item in trainer.trainable.items where item.entry.isMatrix && !item.entry.isBeacon {
            let isNew = item.entry.name.contains("layers.2.")
            let writes = item.entry.name.contains("o_proj") || item.entry.name.contains("down_proj")
            guard !isNew || writes else { continue }
            let learns = trainer.gradient(item.entry.name)?.contains { $0 != 0 }
            #expect(learns == true, "\(item.entry.name)")
        }
    }

    @Test("A model does not grow smaller, nor by parts of heads")
    func growthIsRefused() throws {
        let model = try TinyModel.parameters(Self.small)
        for (hiddenSize, kvHeads) in [(16, 1), (40, 1), (64, 3)] {
            let growth = ModelGrowth(
                hiddenSize: hiddenSize, intermediateSize: 24, layers: 2, kvHeads: kvHeads)
            #expect(throws: TrainingError.self) { try growth.grow(model) }
        }
    }

    @Test("An average lies between its checkpoints and keeps their shape")
    func average() throws {
        let root = try TemporaryDirectory()
        func end(_ name: String, _ fixture: String, _ value: Float) throws -> FilePath {
            let path = root.path.appending(name)
            let source = Fixtures.directory.appending("models/\(fixture)").string
            try FileManager.default.copyItem(atPath: source, toPath: path.string)
            try Data("{}".utf8).write(to: URL(filePath: path.appending("tokenizer.json").string))
            let model = try model(path)
            let norm = try #require(model.table["model.norm.weight"])
            try model.set("model.norm.weight", to: [Float](repeating: value, count: norm.count))
            try Data(model.safetensors()).write(to: URL(filePath: path.appending("model.safetensors").string))
            return path
        }
        func model(_ path: FilePath) throws -> ModelParameters {
            try ModelParameters(ModelConfiguration(directory: path), checkpoint: Checkpoint(directory: path))
        }
        let ends = [try end("a", "qwen2-qkvo", 1), try end("b", "qwen2-qkvo", 3)]
        let output = root.path.appending("mean")
        try CheckpointAverage(ends).write(to: output)
        let halved = root.path.appending("halved")
        try CheckpointAverage(ends, halved: true).write(to: halved)
        for entry in try model(output).table.entries {
            let (full, half) = try (model(output)[entry.name] ?? [], model(halved)[entry.name] ?? [])
            #expect(zip(full, half).allSatisfy { abs($0 - $1) <= abs($0) / 2048 + 1e-7 })
        }
        let mean = try model(output)
        #expect(try #require(mean["model.norm.weight"]).allSatisfy { $0 == 2 })
        #expect(try mean["model.embed_tokens.weight"] == model(ends[0])["model.embed_tokens.weight"])
        let other = try end("c", "llama-a", 1)
        #expect(throws: TrainingError.self) { try CheckpointAverage(ends + [other]).parameters() }
        #expect(throws: TrainingError.self) { try CheckpointAverage([]).parameters() }
    }

    @Test("A wired model copies repeated tokens before it has learned anything")
    func wired() throws {
        let shape = ModelShape(
            vocabularySize: 512, hiddenSize: 128, intermediateSize: 64, layers: 3, heads: 2, kvHeads: 1)
        var random = SeededRandom(seed: 6)
        let span = (0..<20).map { _ in Int32(random.below(512)) }
        let plan = plan(span + span, from: 21)
        func share(_ parameters: ModelParameters) throws -> Double {
            let engine = GradientEngine(
                parameters, trainable: TrainableSet(.everything, of: parameters.table),
                angles: RotaryAngles(positions: 512, headDim: 64, theta: 1e6), lanes: 1)
            let best = try engine.evaluate([[plan]]).best[0][0]
            let places = best.indices.filter { plan.targets[$0] >= 0 && $0 < 39 }
            return Double(places.count { best[$0] == plan.targets[$0] }) / Double(places.count)
        }
        #expect(try share(WiredInitialization(seed: 1).parameters(shape)) > 0.3)
        #expect(try share(RandomInitialization(seed: 1).parameters(shape)) < 0.1)
        let rows = WiredInitialization.orthogonal(4, 9, &random)
        for a in 0..<4 {
            for b in 0..<4 {
                let dot = (0..<9).reduce(0) { $0 + rows[a * 9 + $1] * rows[b * 9 + $1] }
                #expect(abs(dot - (a == b ? 1 : 0)) < 1e-9)
            }
        }
    }

    @Test("Plug-in training leaves the base alone")
    func plugIn() throws {
        let parameters = try TinyModel.parameters()
        let engine = TinyModel.engine(parameters, .beacon)
        let state = OptimizerState(count: engine.trainable.count)
        let base = parameters.table.entries.filter { !$0.isBeacon }.map { parameters[$0.name] }
        let beacon = parameters.table.entries.filter(\.isBeacon).map { parameters[$0.name] }
        _ = try engine.accumulate([[TinyModel.plan()]])
        _ = AdamW().update(
            parameters, gradients: engine.gradients, trainable: engine.trainable, state: state, rate: 0.01)
        #expect(parameters.table.entries.filter { !$0.isBeacon }.map { parameters[$0.name] } == base)
        // The last layer's beacons are asked by nobody, so their queries and outputs have nothing to learn.
        let after = parameters.table.entries.filter(\.isBeacon).map { parameters[$0.name] }
        #expect(zip(after, beacon).count { $0 != $1 } >= beacon.count - 4)
        #expect(engine.trainable.count < parameters.table.count / 2)
    }

    @Test("Batches have equal window counts, and every epoch its own order")
    func grouping() {
        let lengths = (0..<57).map { 5 + $0 * 3 % 60 }
        let grouping = WindowGrouping(lengths: lengths, windowSize: 16, batchSize: 4, seed: 1)
        for batch in grouping.batches {
            #expect(batch.count == 4)
            #expect(Set(batch.map { WindowGrouping.windows(lengths[$0], 16) }).count == 1)
        }
        let used = grouping.batches.flatMap { $0 }
        #expect(Set(used).count == used.count && used.count > 40)
        #expect(grouping == WindowGrouping(lengths: lengths, windowSize: 16, batchSize: 4, seed: 1))
        #expect(grouping != WindowGrouping(lengths: lengths, windowSize: 16, batchSize: 4, seed: 2))
        #expect([1, 16, 17, 32, 33].map { WindowGrouping.windows($0, 16) } == [1, 1, 2, 2, 3])
    }
}
