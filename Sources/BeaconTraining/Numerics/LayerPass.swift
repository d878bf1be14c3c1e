internal import BeaconModel
internal import CKernels

/// One transformer layer over the rows of a pass, forward and backward.
///
/// Projections and the MLP run on all windows of all sequences together; only attention goes window by window.
struct LayerPass {
    let layer: Int
    let shape: ModelShape
    let parameters: LayerParameters
    let attention: AttentionPass
    let arena: Arena

    /// Activations that the backward pass reads.
    struct Saved {
        /// The layer's input, `[inputs, hidden]`.
        let input: RowBlock
        /// `[inputs]`.
        let inputScales: UnsafeMutablePointer<Float>
        let attention: [AttentionPass.Saved]
        /// Attention output before its projection, `[outputs, hidden]`.
        let mixed: RowBlock
        /// After the attention's residual, `[outputs, hidden]`.
        let middle: RowBlock
        let middleScales: UnsafeMutablePointer<Float>
        /// Gate and up, `[outputs, 2 · intermediate]`.
        let pair: RowBlock
    }

    /// The parts of `range` with raw and with beacon rows.
    private func split(_ range: Range<Int>, at raw: Int) -> (raw: Range<Int>, beacon: Range<Int>) {
        (
            min(range.lowerBound, raw)..<min(range.upperBound, raw),
            max(range.lowerBound, raw)..<max(range.upperBound, raw)
        )
    }

    /// Which rows each attention map serves: rows that ask, and rows that only answer.
    private func attentionMaps(_ work: PassLayout.Layer, raw: Int) -> [(map: LayerMap, rows: Range<Int>)] {
        let inputs = split(work.inputs, at: raw)
        let outputs = split(work.outputs, at: raw)
        return [
            (parameters.keyValue, inputs.raw.lowerBound..<outputs.raw.lowerBound),
            (parameters.attention, outputs.raw),
            (parameters.beaconAttention, outputs.beacon),
            (parameters.beaconKeyValue, outputs.beacon.upperBound..<inputs.beacon.upperBound),
        ].filter { !$0.1.isEmpty }
    }

    private func outputMaps(_ work: PassLayout.Layer, raw: Int) -> [(map: LayerMap, rows: Range<Int>)] {
        guard shape.beaconProjections.contains(.o) else { return [(parameters.output, work.outputs)] }
        let outputs = split(work.outputs, at: raw)
        return [(parameters.output, outputs.raw), (parameters.beaconOutput, outputs.beacon)]
    }

    /// Computes the layer's output rows and its share of the memory.
    func forward(_ input: RowBlock, _ work: PassLayout.Layer, raw: Int, banks: [MemoryBank]) -> (
        output: RowBlock, saved: Saved
    ) {
        let hidden = shape.hiddenSize
        let inputRows = work.inputs.count
        let outputRows = work.outputs.count
        let inputScales = arena.floats(inputRows)
        let mixed = RowBlock(work.outputs, width: hidden, arena: arena)
        let middle = RowBlock(work.outputs, width: hidden, arena: arena)
        let middleScales = arena.floats(outputRows)
        let pair = RowBlock(work.outputs, width: 2 * shape.intermediateSize, arena: arena)
        let output = RowBlock(work.outputs, width: hidden, arena: arena)
        // Saved by the attention, so it must come before the scratch that is given back.
        let projected = RowBlock(
            work.inputs, width: hidden + 2 * shape.kvHeads * shape.headDim, arena: arena)
        let normed = RowBlock(work.inputs, width: hidden, arena: arena)
        pharos_train_rmsnorm_forward(
            input.row(work.inputs.lowerBound), parameters.inputNorm.weight, normed.base, inputScales,
            inputRows,
            hidden, shape.normEpsilon)
        for (map, rows) in attentionMaps(work, raw: raw) {
            map.forward(
                normed.row(rows.lowerBound), into: projected.row(rows.lowerBound), rows: rows.count)
        }
        let attentionSaved = work.steps.map { step in
            attention.forward(
                step, projected: projected.origin, bank: banks[step.sequence], layer: layer,
                output: mixed.origin)
        }
        let mark = arena.mark()
        middle.base.update(from: input.row(work.outputs.lowerBound), count: outputRows * hidden)
        for (map, rows) in outputMaps(work, raw: raw) {
            map.forward(
                mixed.row(rows.lowerBound), into: middle.row(rows.lowerBound), rows: rows.count, adding: true)
        }
        pharos_train_rmsnorm_forward(
            middle.base, parameters.outputNorm.weight, normed.base, middleScales, outputRows, hidden,
            shape.normEpsilon)
        parameters.gateUp.forward(normed.base, into: pair.base, rows: outputRows)
        let product = arena.floats(outputRows * shape.intermediateSize)
        pharos_train_swiglu_forward(pair.base, product, outputRows, shape.intermediateSize)
        output.base.update(from: middle.base, count: outputRows * hidden)
        parameters.down.forward(product, into: output.base, rows: outputRows, adding: true)
        arena.release(to: mark)
        return (
            output,
            Saved(
                input: input, inputScales: inputScales, attention: attentionSaved, mixed: mixed,
                middle: middle,
                middleScales: middleScales, pair: pair)
        )
    }

    /// Turns the gradient of the output rows in `gradient` into that of the input rows; parameters and banks get
    /// theirs added.
    func backward(
        _ gradient: RowBlock, saved: Saved, _ work: PassLayout.Layer, raw: Int, banks: [MemoryBank]
    ) {
        let mark = arena.mark()
        let hidden = shape.hiddenSize
        let inputRows = work.inputs.count
        let outputRows = work.outputs.count
        let slope = gradient.row(work.outputs.lowerBound)
        let normed = arena.floats(inputRows * hidden)
        let normedGradient = RowBlock(work.inputs, width: hidden, arena: arena)
        if outputRows > 0 {
            let productGradient = arena.floats(outputRows * shape.intermediateSize)
            let product = arena.floats(outputRows * shape.intermediateSize)
            parameters.down.backwardInput(slope, into: productGradient, rows: outputRows)
            pharos_train_swiglu_backward(
                saved.pair.base, productGradient, product, outputRows, shape.intermediateSize)
            parameters.down.backwardWeights(slope, x: product, rows: outputRows)
            pharos_train_rmsnorm_apply(
                saved.middle.base, parameters.outputNorm.weight, saved.middleScales, normed, outputRows,
                hidden)
            parameters.gateUp.backwardInput(saved.pair.base, into: normedGradient.base, rows: outputRows)
            parameters.gateUp.backwardWeights(saved.pair.base, x: normed, rows: outputRows)
            pharos_train_rmsnorm_backward(
                saved.middle.base, parameters.outputNorm.weight, saved.middleScales, normedGradient.base,
                slope,
                parameters.outputNorm.gradient, outputRows, hidden)
        }
        let mixedGradient = RowBlock(work.outputs, width: hidden, arena: arena)
        for (map, rows) in outputMaps(work, raw: raw) where !rows.isEmpty {
            let start = rows.lowerBound
            map.backwardInput(gradient.row(start), into: mixedGradient.row(start), rows: rows.count)
            map.backwardWeights(gradient.row(start), x: saved.mixed.row(start), rows: rows.count)
        }
        let projectedGradient = RowBlock(
            work.inputs, width: hidden + 2 * shape.kvHeads * shape.headDim, arena: arena, zero: true)
        for (step, attentionSaved) in zip(work.steps, saved.attention) {
            attention.backward(
                step, saved: attentionSaved, bank: banks[step.sequence], layer: layer,
                output: saved.mixed.origin, outputGradient: mixedGradient.origin,
                projectedGradient: projectedGradient.origin)
        }
        let input = saved.input.row(work.inputs.lowerBound)
        pharos_train_rmsnorm_apply(
            input, parameters.inputNorm.weight, saved.inputScales, normed, inputRows, hidden)
        for (map, rows) in attentionMaps(work, raw: raw) {
            let start = rows.lowerBound
            map.backwardInput(projectedGradient.row(start), into: normedGradient.row(start), rows: rows.count)
            map.backwardWeights(
                projectedGradient.row(start), x: normed + (start - work.inputs.lowerBound) * hidden,
                rows: rows.count)
        }
        pharos_train_rmsnorm_backward(
            input, parameters.inputNorm.weight, saved.inputScales, normedGradient.base,
            gradient.row(work.inputs.lowerBound), parameters.inputNorm.gradient, inputRows, hidden)
        arena.release(to: mark)
    }
}
