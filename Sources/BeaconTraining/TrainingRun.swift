internal import FileAccess
import Foundation
public import SystemPackage

/// A training run: stages of mixed batches, a log, checkpoints, and exact resumption.
///
/// A run that was stopped and resumed writes the same checkpoints, byte for byte, as one that was not: batches depend on
/// their number alone, and everything else that changes is in the checkpoint.
public final class TrainingRun {
    /// What happens when a loss or gradient is not a finite number.
    public enum NonFinitePolicy: String, Sendable, Hashable, CaseIterable {
        /// The step changes nothing; ten in a row stop the run.
        case skip
        /// The run stops with an error, at its last checkpoint.
        case stop
    }

    public let engine: GradientEngine
    public let source: BatchSource
    public let stages: [TrainingStage]
    public var optimizer: AdamW
    public var nonFinite = NonFinitePolicy.skip
    /// Steps between log lines.
    public var logEvery = 20
    /// Steps between checkpoints.
    public var checkpointEvery = 500
    /// Seconds on a clock that only measures; results never depend on it.
    public var clock: @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
    /// Receives log lines, one JSON object each.
    public var log: (String) throws -> Void = { print($0) }
    /// Called after each checkpoint's files are written.
    public var afterCheckpoint: (_ step: Int) throws -> Void = { _ in }
    private let moments: OptimizerState
    private(set) var state = TrainingState()
    private let seed: UInt64
    private let output: FilePath

    /// - Parameters:
    ///   - output: directory of the checkpoints; made where it is missing.
    public init(
        engine: GradientEngine, source: BatchSource, stages: [TrainingStage], optimizer: AdamW, seed: UInt64,
        output: FilePath
    ) throws {
        guard !stages.isEmpty, stages.allSatisfy({ !$0.mix.isEmpty && $0.steps > 0 }) else {
            throw TrainingError(.invalidRecipe, "a run needs stages, and each stage steps and batches to mix")
        }
        self.engine = engine
        self.source = source
        self.stages = stages
        self.optimizer = optimizer
        self.seed = seed
        self.output = output
        moments = OptimizerState(count: engine.trainable.count)
        try FileSystem.createDirectory(output, permissions: .shared(executable: true))
    }

    /// Optimizer steps made so far.
    public var step: Int { state.step }
    /// Whether every stage is done.
    public var isFinished: Bool { state.stage >= stages.count }

    /// Runs until the end, or until `shouldStop` says so between two steps; writes a checkpoint either way.
    public func run(shouldStop: () -> Bool = { false }) throws {
        var failures = 0
        var mark = (time: clock(), tokens: state.tokens, step: state.step)
        while !isFinished, !shouldStop() {
            let stage = stages[state.stage]
            let outcome = try makeStep(stage)
            failures = outcome.isFinite ? 0 : failures + 1
            if !outcome.isFinite {
                guard nonFinite == .skip, failures < 10 else {
                    throw TrainingError(
                        .notFinite,
                        "the loss or its gradient is not finite at step \(state.step); lower the rate and resume "
                            + "from the last checkpoint", context: ["path": output.string])
                }
            }
            if state.step % logEvery == 0 {
                let now = clock()
                let rate = Double(state.tokens - mark.tokens) / max(now - mark.time, 1e-9)
                let perStep = (now - mark.time) / Double(max(1, state.step - mark.step))
                try writeLog(stage, outcome, tokensPerSecond: rate, secondsPerStep: perStep)
                mark = (now, state.tokens, state.step)
            }
            advance(stage)
            if state.step % checkpointEvery == 0, !isFinished { try checkpoint() }
        }
        try checkpoint()
    }

    private struct Outcome {
        var loss: Double
        var norm: Double
        var rate: Float
        var isFinite: Bool { loss.isFinite && norm.isFinite }
    }

    private func makeStep(_ stage: TrainingStage) throws -> Outcome {
        var groups: [[SequencePlan]] = []
        var labels: [String] = []
        var factor: Float = 0
        for _ in 0..<stage.batchesPerStep {
            var random = SeededRandom(seed: seed, stream: 3, index: state.batches)
            let kind = stage.mix[random.pick(weights: stage.mix.map(\.share))]
            groups += try source.groups(kind, index: state.batches)
            labels.append(kind.label)
            factor += kind.lossWeight / Float(stage.batchesPerStep)
            state.batches += 1
        }
        let rate = stage.rate(at: state.stageStep)
        let loss = try engine.accumulate(groups, factor: factor)
        state.tokens += groups.joined().reduce(0) { $0 + $1.inputs.count }
        var norm = Double.nan
        if loss.isFinite {
            moments.step = state.updates
            norm = optimizer.update(
                engine.parameters, gradients: engine.gradients, trainable: engine.trainable, state: moments,
                rate: rate)
            state.updates = moments.step
        }
        let outcome = Outcome(loss: loss, norm: norm, rate: rate)
        if outcome.isFinite {
            for label in Set(labels) {
                state.losses[label] = 0.95 * (state.losses[label] ?? loss) + 0.05 * loss
            }
        } else {
            state.skipped += 1
        }
        return outcome
    }

    private func advance(_ stage: TrainingStage) {
        state.step += 1
        state.stageStep += 1
        let passed = stage.gate.map { gate in
            state.stageStep >= 50 && (state.losses[gate.label] ?? .infinity) < gate.loss
        }
        if state.stageStep >= stage.steps || passed == true {
            state.stage += 1
            state.stageStep = 0
        }
    }

    private func writeLog(
        _ stage: TrainingStage, _ outcome: Outcome, tokensPerSecond: Double, secondsPerStep: Double
    ) throws {
        let left = stages[state.stage...].reduce(0) { $0 + $1.steps } - state.stageStep
        let losses = try state.losses.sorted { $0.key < $1.key }.map {
            "\(try Self.quoted($0.key)):\(Self.short($0.value))"
        }
        try log(
            "{\"type\":\"step\",\"stage\":\(try Self.quoted(stage.name)),\"step\":\(state.step),\"loss\":\(Self.short(outcome.loss)),"
                + "\"gradient_norm\":\(Self.short(outcome.norm)),\"rate\":\(outcome.rate),\"tokens\":\(state.tokens),"
                + "\"tokens_per_second\":\(Int(tokensPerSecond)),\"eta_seconds\":\(Int(Double(left) * secondsPerStep)),"
                + "\"skipped\":\(state.skipped),\"losses\":{\(losses.joined(separator: ","))}}")
    }

    /// As a JSON string.
    private static func quoted(_ text: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(text), as: UTF8.self)
    }

    private static func short(_ value: Double) -> String {
        value.isFinite ? String((value * 10000).rounded() / 10000) : "null"
    }
}

// MARK: Checkpoints

extension TrainingRun {
    private static let modelName = "model.safetensors"
    private static let momentsName = "optimizer.bin"
    private static let fileNames = [modelName, momentsName]
    private var statePath: FilePath { output.appending("state.json") }

    /// Writes the model, the optimizer's moments and the state.
    ///
    /// Model and moments are first written beside those of the checkpoint before. The state, which has their digests,
    /// makes them the checkpoint; then they take their names. A run that is killed in between is taken up from the
    /// checkpoint before or from this one, never from parts of both.
    ///
    /// - Throws: `TrainingError` of code `notFinite` rather than put values that are no numbers in a checkpoint's place.
    public func checkpoint() throws {
        if let name = engine.parameters.firstNotFinite {
            throw TrainingError(
                .notFinite,
                "the parameter holds values that are not numbers; the checkpoint before is left as it is",
                context: ["tensor": name, "path": output.string])
        }
        let range = 0..<engine.trainable.count
        state.files = [
            Self.modelName: try writeNext(engine.parameters.safetensors(), Self.modelName),
            Self.momentsName: try writeNext(
                moments.first.littleEndianBytes(range) + moments.second.littleEndianBytes(range),
                Self.momentsName),
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try AtomicFile.replace(statePath, with: Array(try encoder.encode(state)), permissions: .shared())
        for name in Self.fileNames { try FileSystem.rename(next(name), to: output.appending(name)) }
        try FileSystem.synchronizeDirectory(output)
        try afterCheckpoint(state.step)
    }

    /// Where a file of a checkpoint is written before it is one.
    private func next(_ name: String) -> FilePath { output.appending(name + ".next") }

    /// Writes a file of the next checkpoint; returns its SHA-256.
    private func writeNext(_ bytes: [UInt8], _ name: String) throws -> String {
        try AtomicFile.replace(next(name), with: bytes, permissions: .shared())
        return ContentDigest.hex(of: bytes)
    }

    /// Gives the files of a checkpoint their names where a killed run did not, and checks that they are those.
    private func settle(_ files: [String: String]) throws {
        for name in Self.fileNames {
            guard let digest = files[name] else {
                throw TrainingError(
                    .invalidState, "the state has no digest of \(name)", context: ["path": statePath.string])
            }
            let path = output.appending(name)
            if try Self.isFile(path, digest) { continue }
            guard try Self.isFile(next(name), digest) else {
                throw TrainingError(
                    .invalidState,
                    "the file is not the one that the run's state names; restore it, or begin in a new directory",
                    context: ["path": path.string])
            }
            try FileSystem.rename(next(name), to: path)
        }
        try FileSystem.synchronizeDirectory(output)
    }

    private static func isFile(_ path: FilePath, _ digest: String) throws -> Bool {
        try FileSystem.kind(of: path) != nil && ContentDigest.hex(ofFile: path) == digest
    }

    /// Takes up the run that was stopped in the output directory; false where there is none.
    public func resume() throws -> Bool {
        guard try FileSystem.kind(of: statePath) != nil else { return false }
        let stored = try storedState()
        if let files = stored.files { try settle(files) }
        try engine.parameters.load(output.appending(Self.modelName))
        let momentsPath = output.appending(Self.momentsName)
        let count = engine.trainable.count
        let found = try FileSystem.byteCount(of: momentsPath)
        guard found == count * 8 else {
            throw TrainingError(
                .invalidState,
                "the optimizer state holds \(found / 8) parameters, the run trains \(count); "
                    + "resume with the recipe that wrote it", context: ["path": momentsPath.string])
        }
        let bytes = try FileSystem.read(momentsPath, limit: found)
        moments.first.set(littleEndian: bytes[0..<count * 4])
        moments.second.set(littleEndian: bytes[(count * 4)...])
        guard stored.stage <= stages.count else {
            throw TrainingError(
                .invalidState, "the run stands in stage \(stored.stage + 1), the recipe has \(stages.count)",
                context: ["path": statePath.string])
        }
        state = stored
        moments.step = stored.updates
        return true
    }

    private func storedState() throws -> TrainingState {
        let bytes = try FileSystem.read(statePath)
        let state: TrainingState
        do {
            state = try JSONDecoder().decode(TrainingState.self, from: Data(bytes))
        } catch is DecodingError {
            throw damagedState("it is no state of a run")
        }
        let counts = [state.step, state.stage, state.stageStep, state.tokens, state.skipped, state.updates]
        guard counts.allSatisfy({ (0...1 << 56).contains($0) }), state.batches <= 1 << 56 else {
            throw damagedState("its numbers are impossible")
        }
        return state
    }

    private func damagedState(_ why: String) -> TrainingError {
        TrainingError(
            .invalidState, "the run's state is damaged: \(why); restore it, or begin in a new directory",
            context: ["path": statePath.string])
    }
}
