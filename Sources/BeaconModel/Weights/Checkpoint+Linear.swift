internal import Safetensors
internal import SystemPackage
internal import Tensors

extension Checkpoint {
    /// Whether the matrix `name` is there, as it is or quantized.
    func holdsMatrix(_ name: String) -> Bool {
        contains(name + ".weight") || contains(QuantizedCheckpoint.panels(of: name))
    }

    /// The map stored as `name.weight` and, if `bias`, `name.bias`; used where it lies in the mapped file when
    /// stored and computed formats agree.
    func linear(
        _ name: String, outputs: Int, inputs: Int, bias: Bool, format: WeightFormat,
        using context: ComputeContext?
    ) throws -> LinearWeights {
        let bias = bias ? try floats(name + ".bias", shape: [outputs]) : nil
        if let (tensor, file) = find(QuantizedCheckpoint.panels(of: name)) {
            guard format == .int8 else {
                throw ModelError(
                    .badTensor,
                    "\(name) is quantized to int8; ask for int8 weights, or for the original checkpoint",
                    context: ["path": directory.string])
            }
            let group = try QuantizedCheckpoint.groupSize(of: file, path: directory)
            // Every weight takes a byte at least, so sizes that would not fit an integer never get to be computed.
            let (count, overflow) = outputs.multipliedReportingOverflow(by: inputs)
            guard !overflow, count <= tensor.byteRange.count, tensor.type == .u8,
                tensor.shape == [
                    LinearWeights.panelBytes(
                        outputs: outputs, inputs: inputs, format: .int8, groupSize: group)
                ]
            else {
                throw ModelError(
                    .badTensor,
                    "\(tensor.name) has shape \(tensor.shape); config.json implies panels of [\(outputs), \(inputs)]",
                    context: ["path": directory.string])
            }
            return file.withSpan(tensor) { bytes in
                LinearWeights(
                    outputs: outputs, inputs: inputs, panels: bytes, mapping: file.mapping, bias: bias,
                    format: .int8, groupSize: group)
            }
        }
        let (tensor, file) = try require(name + ".weight", shape: [outputs, inputs])
        guard let element = WeightElement(tensor.type) else {
            throw ModelError(
                .badTensor, "\(tensor.name) has type \(tensor.type.rawValue); F32, F16 or BF16 was expected")
        }
        return file.withSpan(tensor) { bytes in
            LinearWeights(
                outputs: outputs, inputs: inputs, bytes: bytes, element: element, mapping: file.mapping,
                bias: bias, format: format, using: context)
        }
    }
}

extension Checkpoint {
    /// Whether every layer has the beacons' projection, weights and bias; where one lacks it, all are copied from the
    /// ordinary ones (reference §2).
    public func holdsBeacons(_ projection: BeaconProjection, _ configuration: ModelConfiguration) -> Bool {
        let isBiased = projection == .o ? configuration.hasOutputBias : configuration.hasAttentionBias
        return (0..<configuration.layers).allSatisfy { layer in
            let name = WeightNames.projection(projection, layer: layer, beacon: true)
            return holdsMatrix(name) && (!isBiased || contains(name + ".bias"))
        }
    }
}

extension WeightElement {
    init?(_ type: SafetensorsElementType) {
        switch type {
        case .f32: self = .f32
        case .f16: self = .f16
        case .bf16: self = .bf16
        default: return nil
        }
    }
}
