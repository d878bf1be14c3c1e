import BeaconModel
import Foundation
internal import Safetensors
public import SystemPackage

/// Compares the trainer with stored values of the authors' implementation: loss, gradients and optimizer steps.
public enum TrainingConformance {
    /// What a case came to.
    public struct Report: Sendable, Hashable {
        /// For each value of the case, the largest difference found, relative to the largest stored value.
        public var differences: [String: Double]
        public var tolerance: Double
        public var pass: Bool { differences.values.allSatisfy { $0 <= tolerance } }
    }

    private struct Case: Decodable {
        let model: String
        let inputIds: [Int32]
        let labels: [Int32]
        let lossBeacon: Double?
        let lossAll: Double?
        let optimizer: Optimizer?

        struct Optimizer: Decodable {
            let lr: Float
            let steps: Int
            let clip: Float
            let betas: [Float]
            let eps: Float
            let weightDecay: Float
            let lossesBeforeEachStep: [Double]
            let gradNormsBeforeClipping: [Double]
            let lossAfterLastStep: Double
        }
    }

    /// Runs the case in `directory` (`config.json`, `case.json`, `expected.safetensors`).
    ///
    /// - Parameter segmentsPerPass: nil = all windows at once; 1 = window by window, activations recomputed.
    /// - Throws: `TrainingError` and the errors of the modules below where a file is missing or wrong.
    public static func run(
        _ directory: FilePath, tolerance: Double = 1e-4, segmentsPerPass: Int? = nil
    ) throws -> Report {
        let data = try Data(contentsOf: URL(filePath: directory.appending("case.json").string))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let fixture = try decoder.decode(Case.self, from: data)
        let configuration = try ModelConfiguration(directory: directory)
        let checkpoint = try Checkpoint(
            directory: directory.pushing(FilePath(fixture.model)).lexicallyNormalized())
        let expected = try SafetensorsFile(mapping: directory.appending("expected.safetensors"))
        let vocabulary = configuration.vocabularySize
        guard fixture.inputIds.count == fixture.labels.count,
            fixture.inputIds.allSatisfy({ (0..<vocabulary).contains(Int($0)) })
        else {
            throw TrainingError(
                .invalidData, "expected as many labels as input_ids, and ids below \(vocabulary)",
                context: ["path": directory.appending("case.json").string])
        }
        let labelled = LabelledTokens(
            tokens: fixture.inputIds, weights: fixture.labels.map { $0 < 0 ? 0 : 1 })
        var chooser = RatioChooser(
            configuration.beacon, contextLength: configuration.contextLength, mode: .training)
        let plan = try SequencePlanner(configuration.beacon).compressed(labelled, chooser: &chooser)
        let positions = max(Int(plan.positions.max() ?? 0), plan.retained.count) + 1
        var report = Report(differences: [:], tolerance: tolerance)

        for tensor in expected.tensors
        where !["beacon.", "all.", "optimizer.param."].contains(where: tensor.name.hasPrefix) {
            // What nothing is held against must not pass in silence.
            report.differences[tensor.name] = .infinity
        }
        let passes: [(String, TrainableSet.Choice, Double?)] = [
            ("beacon", .beacon, fixture.lossBeacon), ("all", .everything, fixture.lossAll),
        ]
        for (prefix, choice, lossOfCase) in passes {
            let stored = expected.tensors.filter { $0.name.hasPrefix(prefix + ".") }
            guard !stored.isEmpty || lossOfCase != nil || prefix == "beacon" else { continue }
            let engine = try engine(
                configuration, checkpoint, choice, segmentsPerPass, positions: positions)
            let loss = try engine.accumulate([[plan]])
            guard let lossOfCase, stored.contains(where: { $0.name == prefix + ".loss" }) else {
                throw TrainingError(
                    .invalidData, "the case lacks loss_\(prefix) or the tensor \(prefix).loss",
                    context: ["path": directory.string])
            }
            report.differences["loss_\(prefix)"] = try difference([Float(loss)], [Float(lossOfCase)])
            for tensor in stored {
                let name = String(tensor.name.dropFirst("\(prefix).grad.".count))
                let found = tensor.name == prefix + ".loss" ? [Float(loss)] : engine.gradient(name) ?? []
                report.differences[tensor.name] = try difference(found, expected.floats(tensor))
            }
        }
        if let optimizer = fixture.optimizer {
            let engine = try engine(
                configuration, checkpoint, .beacon, segmentsPerPass, positions: positions)
            try check(optimizer, engine, plan, expected, into: &report)
        }
        return report
    }

    private static func check(
        _ optimizer: Case.Optimizer, _ engine: GradientEngine, _ plan: SequencePlan,
        _ expected: SafetensorsFile,
        into report: inout Report
    ) throws {
        guard optimizer.betas.count == 2 else {
            throw TrainingError(.invalidData, "betas has \(optimizer.betas.count) values, expected 2")
        }
        let rule = AdamW(
            beta1: optimizer.betas[0], beta2: optimizer.betas[1], epsilon: optimizer.eps,
            weightDecay: optimizer.weightDecay, clip: optimizer.clip)
        let state = OptimizerState(count: engine.trainable.count)
        var losses: [Float] = []
        var norms: [Float] = []
        for _ in 0..<optimizer.steps {
            losses.append(Float(try engine.accumulate([[plan]])))
            norms.append(
                Float(
                    rule.update(
                        engine.parameters, gradients: engine.gradients, trainable: engine.trainable,
                        state: state,
                        rate: optimizer.lr)))
        }
        losses.append(Float(try engine.evaluate([[plan]]).loss))
        report.differences["optimizer.losses"] = try difference(
            losses, (optimizer.lossesBeforeEachStep + [optimizer.lossAfterLastStep]).map(Float.init))
        report.differences["optimizer.norms"] = try difference(
            norms, optimizer.gradNormsBeforeClipping.map(Float.init))
        for tensor in expected.tensors where tensor.name.hasPrefix("optimizer.param.") {
            let name = String(tensor.name.dropFirst("optimizer.param.".count))
            report.differences[tensor.name] = try difference(
                engine.parameters[name] ?? [], expected.floats(tensor))
        }
    }

    private static func engine(
        _ configuration: ModelConfiguration, _ checkpoint: Checkpoint, _ choice: TrainableSet.Choice,
        _ segmentsPerPass: Int?, positions: Int
    ) throws -> GradientEngine {
        let parameters = try ModelParameters(configuration, checkpoint: checkpoint)
        return try GradientEngine(
            parameters, trainable: TrainableSet(choice, of: parameters.table),
            angles: RotaryAngles(configuration, positions: positions), lanes: 1,
            segmentsPerPass: segmentsPerPass)
    }

    /// The largest difference relative to the largest stored magnitude; infinite where the counts differ.
    static func difference(_ found: [Float], _ stored: [Float]) throws -> Double {
        guard found.count == stored.count else { return .infinity }
        let scale = max(Double(stored.map(\.magnitude).max() ?? 0), 1e-12)
        var largest = 0.0
        for (a, b) in zip(found, stored) {
            let distance = abs(Double(a) - Double(b))
            guard distance.isFinite else { return .infinity }
            largest = max(largest, distance)
        }
        return largest / scale
    }
}
