internal import Tensors

/// One pass of the transformer over a window's inputs, from embeddings to the last layer's residual.
///
/// Rows are kept apart, raw tokens first and beacons behind them, so that each kind meets its own
/// projections in one product and neither computes the other's; attention alone sees the input's order
/// (reference §4, step 4).
struct TransformerPass {
    let model: LanguageModel
    let memory: KeyValueMemory
    let buffers: StepBuffers
    let context: ComputeContext
    let rawCount: Int
    let beaconCount: Int
    /// Where each row stands in input order, and its position.
    let placements: [RowPlacement]
    let mask: AttentionMask
    let table: RotaryTable
    /// First memory column of the inputs.
    let base: Int

    var inputs: Int { rawCount + beaconCount }

    /// Runs all layers; the residual then holds the rows that `wanted` names, from row 0.
    ///
    /// In the last layer only the wanted rows go past attention; without any, the pass ends with its keys
    /// and values.
    func run(wanted: Range<Int>, mass: inout [Float]?) {
        for (index, layer) in model.layers.enumerated() {
            let isLast = index == model.layers.count - 1
            projectKeysAndValues(layer, memory.layers[index])
            let rows = isLast ? wanted : 0..<inputs
            guard !rows.isEmpty else { return }
            attend(layer, memory.layers[index], rows: rows, mass: &mass)
            feedForward(layer, rows: rows.count)
        }
    }

    private func projectKeysAndValues(_ layer: LayerWeights, _ cache: KeyValueMemory.Layer) {
        buffers.hiddenInput.prepare(
            normalizing: buffers.residual, rows: inputs, weight: layer.inputNorm,
            epsilon: model.configuration.rmsNormEpsilon, using: context)
        multiply(layer.key, buffers.hiddenInput, into: buffers.key)
        multiply(layer.value, buffers.hiddenInput, into: buffers.value)
        Operations.scatter(buffers.key, placements: placements, into: cache.keys, at: base, using: context)
        Operations.scatter(
            buffers.value, placements: placements, into: cache.values, at: base, using: context)
        var positions = [Int](repeating: 0, count: inputs)
        for placement in placements { positions[placement.row] = placement.position }
        Operations.rotate(
            cache.keys, tokens: base..<base + inputs, positions: positions, table: table, into: cache.placed,
            using: context)
    }

    private func attend(
        _ layer: LayerWeights, _ cache: KeyValueMemory.Layer, rows: Range<Int>, mass: inout [Float]?
    ) {
        multiply(layer.query, buffers.hiddenInput, into: buffers.query)
        Operations.rotate(
            buffers.query, placements: placements, table: table, into: buffers.queries, using: context)
        let configuration = model.configuration
        let attention = Attention(
            heads: configuration.heads, kvHeads: configuration.kvHeads, headDim: configuration.headDim)
        let isPartial = rows.count < inputs
        let order = isPartial ? rows.map { placements[$0].row } : []
        let span = isPartial ? (order.min() ?? 0)..<(order.max() ?? 0) + 1 : 0..<inputs
        attention.apply(
            queries: buffers.queries, inputs: inputs, rows: span, keys: cache.placed, values: cache.values,
            mask: mask, into: buffers.attended, mass: &mass, using: context)
        let source: Matrix
        if beaconCount == 0 && !isPartial {
            source = buffers.attended
        } else {
            Operations.gather(
                buffers.attended, placements: Array(placements[rows]), into: buffers.gathered, using: context)
            source = buffers.gathered
        }
        buffers.attendedInput.prepare(source, rows: rows.count, using: context)
        if isPartial {
            for (target, row) in rows.enumerated() where target != row {
                buffers.residual.setRow(target, to: buffers.residual.row(row))
            }
            layer.output.raw.multiply(
                buffers.attendedInput, rows: 0..<rows.count, into: buffers.residual, adding: true,
                using: context)
        } else {
            multiply(layer.output, buffers.attendedInput, into: buffers.residual, adding: true)
        }
    }

    private func feedForward(_ layer: LayerWeights, rows: Int) {
        buffers.hiddenInput.prepare(
            normalizing: buffers.residual, rows: rows, weight: layer.attentionNorm,
            epsilon: model.configuration.rmsNormEpsilon, using: context)
        buffers.innerInput.prepare(
            multiplying: buffers.hiddenInput, gate: layer.gate, up: layer.up, for: layer.down, using: context)
        layer.down.multiply(
            buffers.innerInput, rows: 0..<rows, into: buffers.residual, adding: true, using: context)
    }

    /// Sends raw rows through the ordinary weights and beacon rows through the beacon's.
    private func multiply(
        _ projection: LayerWeights.Projection, _ input: ActivationInput, into result: Matrix,
        adding: Bool = false
    ) {
        if projection.isShared {
            projection.raw.multiply(input, rows: 0..<inputs, into: result, adding: adding, using: context)
        } else {
            projection.raw.multiply(input, rows: 0..<rawCount, into: result, adding: adding, using: context)
            projection.beacon.multiply(
                input, rows: rawCount..<inputs, into: result, adding: adding, using: context)
        }
    }
}
