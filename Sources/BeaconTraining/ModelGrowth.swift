internal import BeaconModel

/// Makes a larger model that computes what a smaller one computes, to train on from there.
///
/// Key/value heads are copied to the query heads that shared them, or each serves more of them; new residual columns
/// start empty, new heads and units write nothing yet, and new layers leave their input as it is. Every new parameter
/// has a gradient from the first step on, because each zero meets a random factor (Chen, Goodfellow, Shlens 2016,
/// adapted to RMSNorm).
public struct ModelGrowth: Sendable, Hashable {
    /// The shape to reach; head dimension, vocabulary and biases stay.
    public var hiddenSize: Int
    public var intermediateSize: Int
    public var layers: Int
    public var kvHeads: Int
    public var seed: UInt64

    public init(hiddenSize: Int, intermediateSize: Int, layers: Int, kvHeads: Int, seed: UInt64 = 1) {
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layers = layers
        self.kvHeads = kvHeads
        self.seed = seed
    }

    /// The shape that `shape` grows to.
    ///
    /// - Throws: `TrainingError` where something would shrink or heads do not come out even.
    public func shape(from shape: ModelShape) throws -> ModelShape {
        var result = shape
        result.hiddenSize = hiddenSize
        result.intermediateSize = intermediateSize
        result.layers = layers
        result.heads = hiddenSize / shape.headDim
        result.kvHeads = kvHeads
        guard hiddenSize >= shape.hiddenSize, hiddenSize % shape.headDim == 0,
            intermediateSize >= shape.intermediateSize, layers >= shape.layers,
            kvHeads == result.heads || (kvHeads == shape.kvHeads && result.heads % kvHeads == 0)
        else {
            throw TrainingError(
                .invalidRecipe,
                "a model of hidden size \(shape.hiddenSize), \(shape.layers) layers and \(shape.kvHeads) key/value heads "
                    + "cannot grow to \(hiddenSize), \(layers) and \(kvHeads); sizes may only rise by whole heads of "
                    + "\(shape.headDim), and key/value heads stay as many as they are or become as many as the heads"
            )
        }
        return result
    }

    /// The grown model.
    public func grow(_ model: ModelParameters) throws -> ModelParameters {
        let old = model.table.shape
        let table = ParameterTable(try shape(from: old))
        let result = ModelParameters(table)
        var random = SeededRandom(seed: seed)
        for entry in table.entries {
            let values: [Float]
            if let source = model.table[entry.name], let stored = model[entry.name] {
                values = grown(entry, from: source, stored, old: old, new: table.shape, &random)
            } else {
                values = fresh(entry, &random)
            }
            try result.set(entry.name, to: values)
        }
        return result
    }

    /// A layer that adds nothing: zero where it writes, random where it reads.
    private func fresh(_ entry: ParameterTable.Entry, _ random: inout SeededRandom) -> [Float] {
        if entry.name.contains("norm") { return [Float](repeating: 1, count: entry.count) }
        if entry.name.contains("o_proj") || entry.name.contains("down_proj") || !entry.isMatrix {
            return [Float](repeating: 0, count: entry.count)
        }
        let deviation = 0.7 / Double(entry.shape[1]).squareRoot()
        return (0..<entry.count).map { _ in Float(random.normal() * deviation) }
    }

    private func grown(
        _ entry: ParameterTable.Entry, from source: ParameterTable.Entry, _ stored: [Float], old: ModelShape,
        new: ModelShape, _ random: inout SeededRandom
    ) -> [Float] {
        let isNorm = entry.name.contains("norm")
        if isNorm {
            // The mean of squares falls with the empty columns; the weight makes up for it.
            let factor = (Float(old.hiddenSize) / Float(new.hiddenSize)).squareRoot()
            let mean = stored.reduce(0, +) / Float(stored.count)
            return stored.map { $0 * factor }
                + [Float](repeating: mean * factor, count: entry.count - stored.count)
        }
        let columns = entry.shape.count == 2 ? entry.shape[1] : 1
        let oldColumns = source.shape.count == 2 ? source.shape[1] : 1
        let rows = entry.count / columns
        let writes = entry.name.contains("o_proj") || entry.name.contains("down_proj")
        let isEmbedding = entry.name.contains("embed_tokens") || entry.name == "lm_head.weight"
        let deviation = 0.35 / Double(columns).squareRoot()
        var result: [Float] = []
        result.reserveCapacity(entry.count)
        for row in 0..<rows {
            let origin = sourceRow(row, entry.name, old: old, new: new, rows: source.count / oldColumns)
            for column in 0..<columns {
                let from =
                    entry.name.contains("o_proj")
                    ? queryPlace(column, old: old, new: new)
                    : column < oldColumns ? column : nil
                if let origin, let from {
                    result.append(stored[origin * oldColumns + from])
                } else if writes || isEmbedding || entry.shape.count == 1 {
                    result.append(0)
                } else {
                    result.append(Float(random.normal() * deviation))
                }
            }
        }
        return result
    }

    /// Where a value of a query head was in the old model: heads stay with the key/value head that they read.
    private func queryPlace(_ place: Int, old: ModelShape, new: ModelShape) -> Int? {
        var head = place / old.headDim
        if old.kvHeads == new.kvHeads {
            let (before, after) = (old.heads / old.kvHeads, new.heads / new.kvHeads)
            guard head % after < before else { return nil }
            head = head / after * before + head % after
        }
        return head < old.heads ? head * old.headDim + place % old.headDim : nil
    }

    /// The row of the old matrix that row `row` copies; nil for a new one.
    private func sourceRow(_ row: Int, _ name: String, old: ModelShape, new: ModelShape, rows: Int) -> Int? {
        if name.contains("q_proj") { return queryPlace(row, old: old, new: new) }
        guard name.contains("k_proj") || name.contains("v_proj"), old.kvHeads != new.kvHeads else {
            return row < rows ? row : nil
        }
        let head = row / old.headDim
        guard head < old.heads else { return nil }
        return head / (old.heads / old.kvHeads) * old.headDim + row % old.headDim
    }
}
