internal import BeaconModel

/// Names, shapes and places of a model's parameters in one flat buffer.
///
/// The order keeps what is multiplied together side by side: query, key and value matrices of a layer form
/// one matrix, gate and up another, so that a layer needs four products forward.
public struct ParameterTable: Sendable, Hashable {
    /// One parameter.
    public struct Entry: Sendable, Hashable {
        /// Checkpoint name, as `model.layers.0.self_attn.q_proj.weight`.
        public let name: String
        public let shape: [Int]
        /// First float in the flat buffer.
        public let offset: Int
        /// Floats.
        public var count: Int { shape.reduce(1, *) }
        public var range: Range<Int> { offset..<offset + count }
        /// Matrices decay, vectors do not.
        public var isMatrix: Bool { shape.count == 2 && shape[0] > 1 }
        /// Belongs to the compression plug-in.
        public var isBeacon: Bool { WeightNames.isBeacon(name) }
    }

    public let shape: ModelShape
    public let entries: [Entry]
    /// Floats of all parameters.
    public let count: Int
    private let indices: [String: Int]

    public init(_ shape: ModelShape) {
        self.shape = shape
        var builder = Builder()
        let hidden = shape.hiddenSize
        let widths = [
            (BeaconProjection.q, hidden), (.k, shape.kvHeads * shape.headDim),
            (.v, shape.kvHeads * shape.headDim),
        ]
        builder.add(WeightNames.embedding, [shape.vocabularySize, hidden])
        builder.add(WeightNames.beaconEmbedding, [1, hidden])
        for layer in 0..<shape.layers {
            func name(_ letter: BeaconProjection, _ suffix: String, beacon: Bool = false) -> String {
                WeightNames.projection(letter, layer: layer, beacon: beacon) + suffix
            }
            builder.add(WeightNames.inputNorm(layer), [hidden])
            for (letter, width) in widths { builder.add(name(letter, ".weight"), [width, hidden]) }
            if shape.inputBias {
                for (letter, width) in widths { builder.add(name(letter, ".bias"), [width]) }
            }
            let own = widths.filter { shape.beaconProjections.contains($0.0) }
            for (letter, width) in own {
                builder.add(name(letter, ".weight", beacon: true), [width, hidden])
            }
            if shape.inputBias {
                for (letter, width) in own { builder.add(name(letter, ".bias", beacon: true), [width]) }
            }
            for beacon in shape.beaconProjections.contains(.o) ? [false, true] : [false] {
                builder.add(name(.o, ".weight", beacon: beacon), [hidden, hidden])
                if shape.outputBias { builder.add(name(.o, ".bias", beacon: beacon), [hidden]) }
            }
            builder.add(WeightNames.attentionNorm(layer), [hidden])
            builder.add(WeightNames.gate(layer) + ".weight", [shape.intermediateSize, hidden])
            builder.add(WeightNames.up(layer) + ".weight", [shape.intermediateSize, hidden])
            builder.add(WeightNames.down(layer) + ".weight", [hidden, shape.intermediateSize])
        }
        builder.add(WeightNames.finalNorm, [hidden])
        if !shape.tiedEmbeddings { builder.add(WeightNames.head, [shape.vocabularySize, hidden]) }
        entries = builder.entries
        count = builder.offset
        indices = Dictionary(uniqueKeysWithValues: builder.entries.enumerated().map { ($1.name, $0) })
    }

    public subscript(name: String) -> Entry? { indices[name].map { entries[$0] } }

    private struct Builder {
        var entries: [Entry] = []
        var offset = 0

        mutating func add(_ name: String, _ shape: [Int]) {
            let entry = Entry(name: name, shape: shape, offset: offset)
            entries.append(entry)
            offset += entry.count
        }
    }
}
