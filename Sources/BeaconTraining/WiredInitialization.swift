public import BeaconModel
import Foundation

/// Starting weights that copy: an ordinary model whose weights already form induction heads.
///
/// In layer 0 the biases of query and key make key/value head 0 look one token back, and its output writes the
/// token found there into a subspace of its own. In later layers head 0 asks for the current token in that
/// subspace, so it finds what followed the same token earlier, and copies it. A model that starts so copies
/// repeated text before its first training step; one that starts at random needs most of its training to get there.
public struct WiredInitialization: Sendable, Hashable {
    public var seed: UInt64
    /// Standard deviation of the embedding.
    public var embedding: Double
    /// How sharply later layers look for the current token.
    public var gain: Double
    /// How strongly they copy what they find, in units of `embedding`.
    public var copying: Double
    /// RoPE base that the biases are made for.
    public var theta: Double

    public init(
        seed: UInt64 = 0, embedding: Double = 0.1, gain: Double = 3, copying: Double = 3, theta: Double = 1e6
    ) {
        self.seed = seed
        self.embedding = embedding
        self.gain = gain
        self.copying = copying
        self.theta = theta
    }

    /// - Throws: `TrainingError` where the shape lacks what the wiring needs: biases, tied embeddings.
    public func parameters(_ shape: ModelShape) throws -> ModelParameters {
        guard shape.inputBias, shape.hiddenSize > shape.headDim else {
            throw TrainingError(
                .invalidRecipe,
                "the wired start needs biases on q, k and v and at least two heads; use 'random' for this model"
            )
        }
        let model = try RandomInitialization(seed: seed, embedding: embedding).parameters(shape)
        var random = SeededRandom(seed: seed, stream: 4, index: 0)
        let hidden = shape.hiddenSize
        let head = shape.headDim
        let half = head / 2
        let group = shape.heads / shape.kvHeads
        let frequencies = (0..<half).map { pow(theta, -2 * Double($0) / Double(head)) }
        // Pairs that turn slowly hardly see distance; fast ones tell neighbours apart.
        let slow = frequencies.map { $0 < 0.05 ? 1.0 : 0 }
        let fast = frequencies.map { $0 > 0.08 ? 6.0 : 0 }
        let value = Self.orthogonal(head, hidden, &random)
        let written = Self.orthogonal(head, hidden, &random)
        let copied = Self.orthogonal(hidden, hidden, &random)

        func edit(_ name: String, _ change: (inout [Float]) -> Void) throws {
            guard var values = model[name] else { return }
            change(&values)
            try model.set(name, to: values)
        }
        for layer in 0..<shape.layers {
            func name(_ letter: BeaconProjection, _ suffix: String) -> String {
                WeightNames.projection(letter, layer: layer) + suffix
            }
            try edit(WeightNames.down(layer) + ".weight") { $0 = $0.map { $0 * 0.2 } }
            // Outputs of heads that are not wired start small.
            try edit(name(.o, ".weight")) { values in
                for row in 0..<hidden { for column in head..<hidden { values[row * hidden + column] *= 0.2 } }
            }
            for (letter, rows) in [(BeaconProjection.q, group * head), (.k, head)] {
                try edit(name(letter, ".weight")) { values in
                    for index in 0..<rows * hidden { values[index] *= 0.1 }
                    guard layer > 0 else { return }
                    let basis = letter == .q ? value : written
                    for row in 0..<rows {
                        let scale = gain * slow[row % head % half]
                        for column in 0..<hidden {
                            values[row * hidden + column] += Float(
                                scale * basis[row % head * hidden + column])
                        }
                    }
                }
            }
            if layer == 0 {
                try edit(name(.q, ".bias")) { values in
                    for row in 0..<group * head {
                        let pair = row % half
                        let angle = -frequencies[pair]
                        values[row] = Float(fast[pair] * (row % head < half ? cos(angle) : sin(angle)))
                    }
                }
                try edit(name(.k, ".bias")) { values in
                    for row in 0..<head { values[row] = row < half ? Float(fast[row]) : 0 }
                }
            }
            let start = layer == 0 ? 0 : (layer - 1) * head % (hidden - head + 1)
            let read = layer == 0 ? value : Array(copied[start * hidden..<(start + head) * hidden])
            let write = layer == 0 ? written : read
            let strength =
                layer == 0 ? embedding * (Double(hidden) / Double(head)).squareRoot() : embedding * copying
            try edit(name(.v, ".weight")) { values in
                for index in 0..<head * hidden { values[index] = Float(read[index]) }
            }
            try edit(name(.o, ".weight")) { values in
                for row in 0..<hidden {
                    for column in 0..<head {
                        values[row * hidden + column] = Float(write[column * hidden + row] * strength)
                    }
                }
            }
        }
        return model
    }

    /// Beacons start as copies of the ordinary projections, invisible to the heads that look one token back.
    public func startBeacon(_ model: ModelParameters, configuration: ModelConfiguration) throws {
        try model.initializeBeacon(configuration)
        let name = WeightNames.projection(.k, layer: 0, beacon: true) + ".bias"
        guard var bias = model[name] else { return }
        for index in 0..<model.table.shape.headDim { bias[index] = 0 }
        try model.set(name, to: bias)
    }

    /// `rows` orthonormal rows of `columns` numbers (Gram–Schmidt on random rows).
    static func orthogonal(_ rows: Int, _ columns: Int, _ random: inout SeededRandom) -> [Double] {
        precondition(rows <= columns)
        var result: [Double] = []
        for row in 0..<rows {
            var vector = (0..<columns).map { _ in random.normal() }
            for _ in 0..<2 {
                for other in 0..<row {
                    var dot = 0.0
                    for index in 0..<columns { dot += vector[index] * result[other * columns + index] }
                    for index in 0..<columns { vector[index] -= dot * result[other * columns + index] }
                }
            }
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            result += vector.map { $0 / length }
        }
        return result
    }
}

/// Ordinary random starting weights.
public struct RandomInitialization: Sendable, Hashable {
    public var seed: UInt64
    /// Standard deviation of the embedding.
    public var embedding: Double

    public init(seed: UInt64 = 0, embedding: Double = 0.02) {
        self.seed = seed
        self.embedding = embedding
    }

    public func parameters(_ shape: ModelShape) throws -> ModelParameters {
        let model = ModelParameters(ParameterTable(shape))
        var random = SeededRandom(seed: seed)
        for entry in model.table.entries {
            let values: [Float]
            if entry.name.contains("norm") {
                values = [Float](repeating: 1, count: entry.count)
            } else if entry.shape.count < 2 {
                values = [Float](repeating: 0, count: entry.count)
            } else {
                var deviation = 0.7 / Double(entry.shape[1]).squareRoot()
                if entry.name.contains("embed_tokens") || entry.name == WeightNames.head {
                    deviation = embedding
                }
                if entry.name.contains("o_proj") || entry.name.contains("down_proj") {
                    deviation /= Double(2 * shape.layers).squareRoot()
                }
                values = (0..<entry.count).map { _ in Float(random.normal() * deviation) }
            }
            try model.set(entry.name, to: values)
        }
        return model
    }
}
