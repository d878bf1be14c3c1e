internal import BeaconModel

/// One layer's parameters as the pass uses them, with the gradients of one lane.
struct LayerParameters {
    let inputNorm: NormParameters
    let outputNorm: NormParameters
    /// Query, key and value side by side, `[hidden] → [hidden + 2 · kvHeads · headDim]`.
    let attention: LayerMap
    let beaconAttention: LayerMap
    /// The key and value columns alone, for rows that ask nothing.
    let keyValue: LayerMap
    let beaconKeyValue: LayerMap
    let output: LayerMap
    let beaconOutput: LayerMap
    /// Gate and up side by side.
    let gateUp: LayerMap
    let down: LayerMap

    init(layer: Int, places: ParameterPlaces) {
        let shape = places.table.shape
        let keyWidth = shape.kvHeads * shape.headDim
        let widths = [(BeaconProjection.q, shape.hiddenSize), (.k, keyWidth), (.v, keyWidth)]
        func attentionMap(beacon: Bool, letters: Set<BeaconProjection>) -> LayerMap {
            var parts: [MapPart] = []
            var column = 0
            for (letter, width) in widths {
                let own = beacon && shape.beaconProjections.contains(letter)
                if letters.contains(letter) {
                    let name = WeightNames.projection(letter, layer: layer, beacon: own)
                    parts.append(places.part(name, column: column, outputs: width))
                }
                column += width
            }
            return LayerMap(inputs: shape.hiddenSize, width: column, parts: parts)
        }
        attention = attentionMap(beacon: false, letters: [.q, .k, .v])
        beaconAttention = attentionMap(beacon: true, letters: [.q, .k, .v])
        keyValue = attentionMap(beacon: false, letters: [.k, .v])
        beaconKeyValue = attentionMap(beacon: true, letters: [.k, .v])
        output = places.map(WeightNames.projection(.o, layer: layer))
        beaconOutput =
            shape.beaconProjections.contains(.o)
            ? places.map(WeightNames.projection(.o, layer: layer, beacon: true)) : output
        inputNorm = places.norm(WeightNames.inputNorm(layer))
        outputNorm = places.norm(WeightNames.attentionNorm(layer))
        gateUp = LayerMap(
            inputs: shape.hiddenSize, width: 2 * shape.intermediateSize,
            parts: [
                places.part(WeightNames.gate(layer), column: 0, outputs: shape.intermediateSize),
                places.part(
                    WeightNames.up(layer), column: shape.intermediateSize, outputs: shape.intermediateSize),
            ])
        down = places.map(WeightNames.down(layer))
    }
}

/// The weight of a norm and its gradient.
struct NormParameters {
    let weight: UnsafePointer<Float>
    let gradient: UnsafeMutablePointer<Float>?
}

/// Where parameters and one lane's gradients lie in memory; valid while their owners live.
struct ParameterPlaces {
    let table: ParameterTable
    let values: UnsafeMutablePointer<Float>
    let trainable: TrainableSet
    /// nil: no gradients are wanted.
    let gradients: UnsafeMutablePointer<Float>?

    func value(_ name: String) -> UnsafePointer<Float>? {
        table[name].map { UnsafePointer(values + $0.offset) }
    }

    func gradient(_ name: String) -> UnsafeMutablePointer<Float>? {
        guard let gradients, let offset = trainable.offset(of: name) else { return nil }
        return gradients + offset
    }

    func required(_ name: String) -> UnsafePointer<Float> {
        guard let found = value(name) else { preconditionFailure("no parameter \(name)") }
        return found
    }

    /// `name` without `.weight`.
    func part(_ name: String, column: Int, outputs: Int) -> MapPart {
        let inputs = table[name + ".weight"]?.shape[1] ?? 0
        return MapPart(
            column: column, outputs: outputs, inputs: inputs, weight: required(name + ".weight"),
            bias: value(name + ".bias"), weightGradient: gradient(name + ".weight"),
            biasGradient: gradient(name + ".bias"))
    }

    func map(_ name: String) -> LayerMap {
        let shape = table[name + ".weight"]?.shape ?? [0, 0]
        return LayerMap(inputs: shape[1], width: shape[0], parts: [part(name, column: 0, outputs: shape[0])])
    }

    func norm(_ name: String) -> NormParameters {
        NormParameters(weight: required(name), gradient: gradient(name))
    }
}
