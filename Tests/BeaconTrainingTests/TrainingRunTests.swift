import BeaconModel
import FileAccess
import Foundation
import SystemPackage
import Testing

@testable import BeaconTraining

/// Runs: exact resumption, guards, gates, and that a loss falls.
struct TrainingRunTests {
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz .,?:\n").map { $0.asciiValue ?? 0 }

    /// One token a byte, in 32 classes.
    private static let encode: BatchSource.Encoder = { text in
        text.lowercased().utf8.map { Int32(letters.firstIndex(of: $0) ?? 31) }
    }

    private static let stages = [
        TrainingStage(
            name: "first", steps: 4,
            mix: [
                BatchKind(.questions, share: 1, windows: 1...2, ratios: [2, 4], freshShare: 0.5),
                BatchKind(.repetition, share: 1, windows: 1...1, ratios: [2]),
            ], rate: 1e-2, warmUp: 2),
        TrainingStage(
            name: "second", steps: 4, mix: [BatchKind(.questions, share: 1, windows: 0...0, textWeight: 0.1)],
            rate: 1e-2, decay: 0.5, batchesPerStep: 2),
    ]

    private func run(
        _ directory: FilePath, stages: [TrainingStage] = stages, parameters: ModelParameters? = nil
    ) throws -> TrainingRun {
        let engine = GradientEngine(
            try parameters ?? TinyModel.parameters(),
            trainable: TrainableSet(.everything, of: ParameterTable(TinyModel.shape)),
            angles: RotaryAngles(positions: 4096, headDim: 8, theta: 10000), lanes: 2)
        let source = BatchSource(
            seed: 5, windowSize: 32, batchTokens: 200, groupTokens: 150, separator: 0,
            generator: QuestionDocumentGenerator(seed: 5), encode: Self.encode)
        let run = try TrainingRun(
            engine: engine, source: source, stages: stages, optimizer: AdamW(weightDecay: 0.01), seed: 5,
            output: directory)
        run.log = { _ in }
        return run
    }

    private static let names = ["model.safetensors", "optimizer.bin", "state.json"]

    private func files(_ directory: FilePath) throws -> [Data] {
        try Self.names.map { try Data(contentsOf: URL(filePath: directory.appending($0).string)) }
    }

    private func write(_ data: Data, _ name: String, in directory: FilePath) throws {
        try data.write(to: URL(filePath: directory.appending(name).string))
    }

    @Test("A run that was stopped ends with the bytes of one that was not", arguments: [1, 3, 4, 6])
    func resumption(stop: Int) throws {
        let whole = try TemporaryDirectory()
        try run(whole.path).run()
        let parts = try TemporaryDirectory()
        let first = try run(parts.path)
        try first.run(shouldStop: { first.step >= stop })
        #expect(first.step == stop && !first.isFinished)
        let second = try run(parts.path)
        #expect(try second.resume())
        try second.run()
        #expect(second.isFinished)
        #expect(try files(parts.path) == files(whole.path))
    }

    @Test("A run that ended anywhere in a checkpoint goes on from that one or the one before, whole")
    func crashes() throws {
        let whole = try TemporaryDirectory()
        let first = try run(whole.path)
        try first.run(shouldStop: { first.step >= 1 })
        let before = try files(whole.path)
        try first.run(shouldStop: { first.step >= 2 })
        let after = try files(whole.path)
        var steps: [Int] = []
        for place in 0..<64 {
            let directory = try TemporaryDirectory()
            for (name, data) in zip(Self.names, before) { try write(data, name, in: directory.path) }
            let second = try run(directory.path)
            #expect(try second.resume())
            let faults = FileFaults { index, _, _ in index < place ? .proceed : .fail(EIO) }
            do {
                try FileFaults.$current.withValue(faults) {
                    try second.run(shouldStop: { second.step >= 2 })
                }
                break
            } catch is FileAccessError {}
            let third = try run(directory.path)
            #expect(try third.resume())
            steps.append(third.step)
            if third.step == 1 { try third.run(shouldStop: { third.step >= 2 }) }
            #expect(try files(directory.path) == after, "ended before operation \(place)")
        }
        #expect(steps == steps.sorted() && Set(steps) == [1, 2])
    }

    @Test("State of another recipe, or of other files, is refused")
    func refusal() throws {
        let directory = try TemporaryDirectory()
        let first = try run(directory.path)
        try first.run(shouldStop: { first.step >= 1 })
        let moments = try files(directory.path)[1]
        try write(Data(count: moments.count), "optimizer.bin", in: directory.path)
        #expect(throws: TrainingError.self) { try run(directory.path).resume() }
        // As versions without digests wrote it.
        let state = try JSONSerialization.jsonObject(with: files(directory.path)[2])
        var fields = try #require(state as? [String: Any])
        #expect(fields.removeValue(forKey: "files") != nil)
        try write(JSONSerialization.data(withJSONObject: fields), "state.json", in: directory.path)
        #expect(try run(directory.path).resume())
        try write(Data(count: 16), "optimizer.bin", in: directory.path)
        #expect(throws: TrainingError.self) { try run(directory.path).resume() }
        fields["stage"] = -1
        let negative = try JSONSerialization.data(withJSONObject: fields)
        for damaged in [Data(), Data("null".utf8), negative.prefix(40), negative] {
            try write(damaged, "state.json", in: directory.path)
            #expect {
                try run(directory.path).resume()
            } throws: {
                ($0 as? TrainingError)?.code == .invalidState && "\($0)".contains("state.json")
            }
        }
        let empty = try TemporaryDirectory()
        #expect(try run(empty.path).resume() == false)
        #expect(throws: TrainingError.self) { try run(empty.path, stages: []) }
    }

    @Test("Numbers that are not finite change nothing and end the run in time")
    func notFinite() throws {
        let parameters = try TinyModel.parameters()
        let name = "model.layers.1.mlp.down_proj.weight"
        var values = try #require(parameters[name])
        values[0] = .nan
        try parameters.set(name, to: values)
        let before = parameters["model.embed_tokens.weight"]
        let directory = try TemporaryDirectory()
        let stage = TrainingStage(
            name: "long", steps: 30, mix: [BatchKind(.questions, share: 1, windows: 0...0)], rate: 1)
        let skipping = try run(directory.path, stages: [stage], parameters: parameters)
        #expect(throws: TrainingError.self) { try skipping.run() }
        #expect(parameters["model.embed_tokens.weight"] == before)
        let stopping = try run(directory.path, stages: [stage], parameters: parameters)
        stopping.nonFinite = .stop
        #expect(throws: TrainingError.self) { try stopping.run() }
        #expect(stopping.step == 0)
        // Nor do they take the place of a checkpoint.
        #expect(throws: TrainingError.self) { try stopping.checkpoint() }
        #expect(try FileSystem.list(directory.path).isEmpty)
    }

    @Test("The loss falls, the log is NDJSON, and a gate ends a stage")
    func learning() throws {
        let directory = try TemporaryDirectory()
        let kind = BatchKind(.questions, share: 1, windows: 1...1, ratios: [2])
        let stage = TrainingStage(
            name: "gated", steps: 120, mix: [kind], rate: 1e-2, gate: .init(label: kind.label, loss: 100))
        let run = try run(directory.path, stages: [stage])
        var lines: [String] = []
        run.log = { lines.append($0) }
        run.logEvery = 10
        run.clock = { 0 }
        try run.run()
        #expect(run.step == 50 && run.isFinished)
        let losses = try lines.map { line -> Double in
            let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(
                row["tokens_per_second"] != nil && row["eta_seconds"] != nil
                    && row["stage"] as? String == "gated")
            return try #require(row["loss"] as? Double)
        }
        #expect(try #require(losses.last) < 0.9 * (try #require(losses.first)))
    }

    @Test("Rates climb, hold and fall")
    func rates() {
        let stage = TrainingStage(name: "a", steps: 10, mix: [], rate: 1, warmUp: 4, decay: 0.5)
        #expect((0..<10).map { stage.rate(at: $0) } == [0.25, 0.5, 0.75, 1, 1, 1, 0.8, 0.6, 0.4, 0.2])
    }
}
