internal import Safetensors
internal import Tensors

/// The weights of one transformer layer.
///
/// A beacon projection that the settings do not name is the ordinary one, the same object; so is one that the
/// checkpoint lacks, because it starts as a copy.
struct LayerWeights: Sendable {
    /// One linear map, as raw tokens and as beacon tokens go through it.
    struct Projection: Sendable {
        var raw: LinearWeights
        var beacon: LinearWeights

        var isShared: Bool { raw === beacon }
    }

    var inputNorm: [Float]
    var query: Projection
    var key: Projection
    var value: Projection
    var output: Projection
    var attentionNorm: [Float]
    var gate: LinearWeights
    var up: LinearWeights
    var down: LinearWeights
}

/// Reads layers out of a checkpoint.
struct LayerLoader {
    var checkpoint: Checkpoint
    var configuration: ModelConfiguration
    var format: WeightFormat
    /// The cores that convert weights.
    var context: ComputeContext?
    /// Projections whose beacon weights every layer of the checkpoint has.
    private let present: Set<BeaconProjection>

    init(
        _ checkpoint: Checkpoint, _ configuration: ModelConfiguration, format: WeightFormat,
        context: ComputeContext?
    ) {
        self.context = context
        self.checkpoint = checkpoint
        self.configuration = configuration
        self.format = format
        present = configuration.beacon.projections.filter {
            checkpoint.holdsBeacons($0, configuration)
        }
    }

    func load(_ layer: Int) throws -> LayerWeights {
        let hidden = configuration.hiddenSize
        let inner = configuration.intermediateSize
        return LayerWeights(
            inputNorm: try checkpoint.floats(WeightNames.inputNorm(layer), shape: [hidden]),
            query: try projection(.q, layer),
            key: try projection(.k, layer),
            value: try projection(.v, layer),
            output: try projection(.o, layer),
            attentionNorm: try checkpoint.floats(WeightNames.attentionNorm(layer), shape: [hidden]),
            gate: try linear(WeightNames.gate(layer), outputs: inner, inputs: hidden, bias: false),
            up: try linear(WeightNames.up(layer), outputs: inner, inputs: hidden, bias: false),
            down: try linear(WeightNames.down(layer), outputs: hidden, inputs: inner, bias: false))
    }

    private func projection(_ projection: BeaconProjection, _ layer: Int) throws -> LayerWeights.Projection {
        let query = configuration.heads * configuration.headDim
        let keyValue = configuration.kvHeads * configuration.headDim
        let hidden = configuration.hiddenSize
        let isOutput = projection == .o
        let outputs = isOutput ? hidden : (projection == .q ? query : keyValue)
        let bias = isOutput ? configuration.hasOutputBias : configuration.hasAttentionBias
        func read(beacon: Bool) throws -> LinearWeights {
            try linear(
                WeightNames.projection(projection, layer: layer, beacon: beacon), outputs: outputs,
                inputs: isOutput ? query : hidden, bias: bias)
        }
        let raw = try read(beacon: false)
        return .init(raw: raw, beacon: present.contains(projection) ? try read(beacon: true) : raw)
    }

    private func linear(_ name: String, outputs: Int, inputs: Int, bias: Bool) throws -> LinearWeights {
        try checkpoint.linear(
            name, outputs: outputs, inputs: inputs, bias: bias, format: format, using: context)
    }
}
