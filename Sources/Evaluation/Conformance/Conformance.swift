import BeaconModel
import Safetensors
public import SystemPackage
public import Tensors

/// Runs cases of reference values from the authors' implementation through the engine and measures the
/// largest difference per tensor: logits, sink, beacon and raw memory, plan, positions, greedy tokens.
public struct Conformance: Sendable {
    public var tolerance: Double
    public var format: WeightFormat
    public var context: ComputeContext

    public init(tolerance: Double = 1e-4, format: WeightFormat = .f32, context: ComputeContext) {
        self.tolerance = tolerance
        self.format = format
        self.context = context
    }

    /// Whether the case in `directory` is one of training, which the trainer compares.
    public static func isTraining(_ directory: FilePath) throws -> Bool {
        try ConformanceCase(directory: directory).isTraining
    }

    /// - Parameter directory: holds `config.json`, `case.json` and `expected.safetensors`.
    public func run(_ directory: FilePath) throws -> ConformanceResult {
        let reference = try ConformanceCase(directory: directory)
        guard let weights = reference.model, let calls = reference.calls, !calls.isEmpty else {
            throw EvaluationError(.badInput, "\(directory) is not an inference case")
        }
        let configuration = try ModelConfiguration(directory: directory)
        let model = try LanguageModel(
            directory: directory.pushing(FilePath(weights)).lexicallyNormalized(), format: format,
            configuration: configuration)
        let expected = try SafetensorsFile(mapping: directory.appending("expected.safetensors"))
        var comparison = TensorComparison(expected: expected)
        let reason = designDifference(reference, configuration)
        // Where the memory or the visibility differs on purpose, the plan alone is held against the case.
        comparison.comparesValues = reason == nil || isBatch(calls)
        try comparison.run(reference, model: model, context: context)
        return ConformanceResult(
            name: reference.name, tensors: comparison.differences,
            pass: comparison.differences.values.allSatisfy { $0 <= tolerance },
            differsByDesign: reason, planMismatch: comparison.planMismatch,
            relative: comparison.relative)
    }

    private func isBatch(_ calls: [ConformanceCase.Call]) -> Bool {
        calls.contains { if case .batch = $0.inputIds { true } else { false } }
    }

    /// Why the engine does what was meant instead of what the published code does (reference §15).
    private func designDifference(
        _ reference: ConformanceCase, _ configuration: ModelConfiguration
    ) -> String? {
        let beacon = configuration.beacon
        let calls = reference.calls ?? []
        if isBatch(calls) {
            return "rows run alone and without padding, so no beacon stands for padding; row 0 is compared"
        }
        if beacon.placement == .interleave, beacon.attention == .stepExpansion {
            return "a window's beacon columns are hidden, not its columns 0 and 1; the plan is compared"
        }
        if beacon.sinkSize > 0, case .one(let first) = calls.first?.inputIds, first.count < beacon.windowSize
        {
            return "the sink is the sequence's first tokens, also where the first window arrives in pieces"
        }
        if beacon.sinkSize > 0, let ratio = beacon.ratios.first, beacon.ratios.count == 1,
            ratio > beacon.windowSize
        {
            return "the sink is the sequence's first tokens, also where no window has room for a beacon"
        }
        let isParallel = (reference.steps ?? []).contains { $0.windowsInStep > 1 }
        if isParallel, beacon.sinkSize > 1 || !beacon.projections.isSuperset(of: [.k, .v]) {
            return "parallel windows run one after another, which the published code does not equal here"
        }
        return nil
    }
}
