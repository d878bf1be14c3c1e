internal import BeaconModel
internal import CKernels

/// Forward and backward over a group of sequences, with one lane's memory and gradients.
///
/// All segments go through a layer together, or, where `segmentsPerPass` says so, a few at a time: then only the memory
/// banks outlive a pass, activations are computed again on the way back, and memory use does not grow with the
/// number of windows beyond their beacons.
final class SequencePass {
    private let shape: ModelShape
    private let places: ParameterPlaces
    private let layers: [LayerPass]
    private let loss: LossPass
    private let arena: Arena
    private let embedding: UnsafePointer<Float>
    private let beaconEmbedding: UnsafePointer<Float>?

    init(places: ParameterPlaces, angles: RotaryAngles, arena: Arena) {
        self.places = places
        self.arena = arena
        let shape = places.table.shape
        self.shape = shape
        let attention = AttentionPass(
            heads: shape.heads, kvHeads: shape.kvHeads, headDim: shape.headDim, cosines: angles.cosines.base,
            sines: angles.sines.base, arena: arena)
        layers = (0..<shape.layers).map { layer in
            LayerPass(
                layer: layer, shape: shape, parameters: LayerParameters(layer: layer, places: places),
                attention: attention, arena: arena)
        }
        embedding = places.required(WeightNames.embedding)
        beaconEmbedding = places.value(WeightNames.beaconEmbedding)
        let output = shape.tiedEmbeddings ? WeightNames.embedding : WeightNames.head
        loss = LossPass(
            shape: shape, norm: places.norm(WeightNames.finalNorm), weight: places.required(output),
            gradient: places.gradient(output), arena: arena)
    }

    /// One pass's activations.
    private struct Run {
        let layout: PassLayout
        var saved: [LayerPass.Saved]
        var output: RowBlock
    }

    /// Adds the gradients of `scale · Σ weight · nll` and returns `Σ weight · nll`.
    func train(_ plans: [SequencePlan], scale: Float, segmentsPerPass: Int?) -> Double {
        arena.reset()
        let passes = layouts(plans, segmentsPerPass: segmentsPerPass)
        let banks = plans.map {
            MemoryBank(capacity: $0.retained.count, shape: shape, gradients: true, arena: arena)
        }
        // Every pass but the last leaves nothing but its memory.
        for layout in passes.dropLast() {
            let mark = arena.mark()
            _ = forward(layout, banks: banks, keeping: false)
            arena.release(to: mark)
        }
        var total = 0.0
        for layout in passes.reversed() {
            let mark = arena.mark()
            let run = forward(layout, banks: banks, keeping: true)
            total += backward(run, banks: banks, scale: scale)
            arena.release(to: mark)
        }
        return total
    }

    /// `Σ weight · nll` and, for each plan, the most likely token of each entry with a target (-1 elsewhere).
    func evaluate(_ plans: [SequencePlan], segmentsPerPass: Int?) -> (loss: Double, best: [[Int32]]) {
        arena.reset()
        let banks = plans.map {
            MemoryBank(capacity: $0.retained.count, shape: shape, gradients: false, arena: arena)
        }
        var total = 0.0
        var predictions = plans.map { [Int32](repeating: -1, count: $0.inputs.count) }
        for layout in layouts(plans, segmentsPerPass: segmentsPerPass) {
            let mark = arena.mark()
            let run = forward(layout, banks: banks, keeping: false)
            var best: [Int32]? = []
            total += loss.run(run.output, layout: layout, scale: 0, rowGradients: nil, best: &best)
            for (index, token) in (best ?? []).enumerated() {
                predictions[layout.origins[index].sequence][layout.origins[index].entry] = token
            }
            arena.release(to: mark)
        }
        return (total, predictions)
    }

    /// The most floats this lane ever held.
    var peakFloats: Int { arena.peak }

    private func layouts(_ plans: [SequencePlan], segmentsPerPass: Int?) -> [PassLayout] {
        let levels = plans.map { PassLayout.levels(of: $0, layers: shape.layers) }
        let count = plans.map(\.segments.count).max() ?? 0
        let size = max(1, segmentsPerPass ?? count)
        return stride(from: 0, to: count, by: size).map {
            PassLayout(plans, levels: levels, segments: $0..<min($0 + size, count), layers: shape.layers)
        }
    }

    private func forward(_ layout: PassLayout, banks: [MemoryBank], keeping: Bool) -> Run {
        let hidden = shape.hiddenSize
        var rows = RowBlock(0..<layout.rows, width: hidden, arena: arena)
        layout.tokens.withUnsafeBufferPointer { tokens in
            if let base = tokens.baseAddress {
                pharos_train_gather_rows(rows.base, embedding, base, tokens.count, hidden)
            }
        }
        if let beaconEmbedding, layout.rows > layout.rawCount {
            pharos_train_set_rows(
                rows.row(layout.rawCount), beaconEmbedding, layout.rows - layout.rawCount, hidden, hidden)
        }
        var saved: [LayerPass.Saved] = []
        for (layer, work) in zip(layers, layout.layers) {
            let result = layer.forward(rows, work, raw: layout.rawCount, banks: banks)
            if keeping { saved.append(result.saved) }
            rows = result.output
        }
        return Run(layout: layout, saved: saved, output: rows)
    }

    private func backward(_ run: Run, banks: [MemoryBank], scale: Float) -> Double {
        let layout = run.layout
        let hidden = shape.hiddenSize
        let gradient = RowBlock(0..<layout.rows, width: hidden, arena: arena, zero: true)
        var best: [Int32]?
        let total = loss.run(run.output, layout: layout, scale: scale, rowGradients: gradient, best: &best)
        for (layer, (work, saved)) in zip(layers, zip(layout.layers, run.saved)).reversed() {
            layer.backward(gradient, saved: saved, work, raw: layout.rawCount, banks: banks)
        }
        if let target = places.gradient(WeightNames.embedding) {
            layout.tokens.withUnsafeBufferPointer { tokens in
                if let base = tokens.baseAddress {
                    pharos_train_scatter_rows(target, gradient.base, base, tokens.count, hidden)
                }
            }
        }
        if let target = places.gradient(WeightNames.beaconEmbedding), layout.rows > layout.rawCount {
            TrainingKernels.addColumns(
                target, gradient.row(layout.rawCount), rows: layout.rows - layout.rawCount, columns: hidden,
                stride: hidden)
        }
        return total
    }
}
