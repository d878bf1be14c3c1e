internal import Tensors

/// What a training pass needs to know of a model's geometry, for layouts that compute windows side by side.
public enum TrainingGeometry {
    /// Which entries of its own window each entry of a pass sees, `[inputs, inputs]`, row-major, 1 = visible;
    /// nil = causal. All memory is always visible.
    public static func ownMask(_ step: WindowStep, configuration: BeaconConfiguration) -> [UInt8]? {
        let geometry = StepGeometry(step, cached: [], configuration: configuration)
        guard case .explicit(let bits) = geometry.mask else { return nil }
        let inputs = step.inputCount
        let columns = inputs == 0 ? 0 : bits.count / inputs
        var mask: [UInt8] = []
        mask.reserveCapacity(inputs * inputs)
        for row in 0..<inputs {
            let end = (row + 1) * columns
            for bit in bits[end - inputs..<end] { mask.append(bit ? 1 : 0) }
        }
        return mask
    }

    /// Cosines and sines of rotary embedding, `[positions, headDim / 2]` each, at least `positions` of them.
    ///
    /// - Throws: `ModelError` of code `badRequest` where angles would change from window to window, with the longest
    ///   position seen so far: passes over all windows side by side have one table.
    public static func rotaryAngles(
        _ configuration: ModelConfiguration, positions: Int
    ) throws -> (cosines: [Float], sines: [Float]) {
        let rotary = RotaryEmbedding(configuration)
        guard !rotary.dependsOnLength || positions <= configuration.maxPositions else {
            throw ModelError(
                .badRequest,
                "rope_scaling of type dynamic changes all angles beyond \(configuration.maxPositions) positions, which "
                    + "training cannot follow; sequences of \(positions) positions are asked for")
        }
        let table = rotary.table(covering: positions)
        return (table.cosines, table.sines)
    }
}
