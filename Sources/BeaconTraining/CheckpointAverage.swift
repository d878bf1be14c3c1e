internal import BeaconModel
internal import FileAccess
public import SystemPackage

/// The mean of checkpoints of one shape, tensor by tensor.
///
/// The ends of several cycles of training that start from one another lie in one basin, and their mean often answers
/// better than each of them (Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima").
public struct CheckpointAverage: Sendable, Hashable {
    public var checkpoints: [FilePath]
    /// Whether the mean is written as F16.
    public var halved: Bool

    public init(_ checkpoints: [FilePath], halved: Bool = false) {
        self.checkpoints = checkpoints
        self.halved = halved
    }

    /// The mean of all parameters; sums are taken in Double, in the order of `checkpoints`.
    ///
    /// - Throws: `TrainingError` where there is no checkpoint, or where two differ in shape.
    public func parameters() throws -> ModelParameters {
        let all = try checkpoints.map { path in
            try ModelParameters(ModelConfiguration(directory: path), checkpoint: Checkpoint(directory: path))
        }
        guard let first = all.first else {
            throw TrainingError(.invalidRecipe, "there are no checkpoints to average")
        }
        for (path, other) in zip(checkpoints, all) where other.table.shape != first.table.shape {
            throw TrainingError(
                .wrongShape, "checkpoints of different shapes have no average",
                context: ["path": path.string, "other": checkpoints[0].string])
        }
        let result = ModelParameters(first.table)
        for entry in first.table.entries {
            var sums = [Double](repeating: 0, count: entry.count)
            for model in all {
                for (index, value) in (model[entry.name] ?? []).enumerated() { sums[index] += Double(value) }
            }
            try result.set(entry.name, to: sums.map { Float($0 / Double(all.count)) })
        }
        return result
    }

    /// Whether weights lie in a directory, in one file or in shards.
    static func holdsWeights(_ directory: FilePath) throws -> Bool {
        guard try FileSystem.kind(of: directory) != nil else { return false }
        return try FileSystem.list(directory).contains {
            $0.hasSuffix(".safetensors") || $0.hasSuffix(".safetensors.index.json")
        }
    }

    /// Writes the mean as a checkpoint directory; `config.json` and `tokenizer.json` are the first checkpoint's.
    public func write(to output: FilePath) throws {
        guard try !Self.holdsWeights(output) else {
            throw TrainingError(
                .unsupported, "the output holds a checkpoint already; give another --output",
                context: ["path": output.string])
        }
        let weights = try parameters().safetensors(halved: halved)
        try FileSystem.createDirectory(output, permissions: .shared(executable: true))
        for name in ["config.json", "tokenizer.json"] {
            try Self.write(
                FileSystem.read(checkpoints[0].appending(name), limit: 1 << 28), to: output.appending(name))
        }
        try Self.write(weights, to: output.appending("model.safetensors"))
    }

    private static func write(_ bytes: [UInt8], to path: FilePath) throws {
        try AtomicFile.replace(path, with: bytes, permissions: .shared())
    }
}
