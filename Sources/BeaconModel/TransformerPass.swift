internal import Tensors

/// One pass of the transformer over the inputs of one sequence, or of several side by side, from embeddings to
/// the last layer's residual.
///
/// Rows are kept apart, raw tokens first and beacons behind them, so that each kind meets its own
/// projections in one product and neither computes the other's; attention alone sees whose input a row is, and
/// in what order (reference §4, step 4).
struct TransformerPass {
    /// What one sequence brings into a pass.
    struct Member {
        let memory: KeyValueMemory
        /// First row of its raw tokens, and of its beacons.
        let firstRaw: Int
        let firstBeacon: Int
        /// First row of its inputs where these stand in input order.
        let firstInput: Int
        /// Where each raw token stands among its inputs, and its position; then the same of each beacon.
        let rawPlacements: [RowPlacement]
        let beaconPlacements: [RowPlacement]
        let mask: AttentionMask
        let table: RotaryTable
        /// First memory column of the inputs.
        let base: Int
        /// Raw tokens, counted within the member, whose last residual is asked for.
        let wanted: Range<Int>
        /// Where asked for: the attention that each memory column receives, summed.
        var mass: [Float]?

        var inputs: Int { rawPlacements.count + beaconPlacements.count }

        /// Both kinds of rows: the first row, and where they belong.
        var runs: [(first: Int, placements: [RowPlacement])] {
            [(firstRaw, rawPlacements), (firstBeacon, beaconPlacements)].filter { !$0.1.isEmpty }
        }
    }

    let model: LanguageModel
    let buffers: StepBuffers
    let context: ComputeContext
    var members: [Member]
    /// Raw tokens of all members.
    let rawCount: Int
    /// Raw tokens and beacons of all members.
    let rowCount: Int
    /// Rows whose last residual is asked for, ascending.
    private let wanted: [Int]

    init(_ members: [Member], model: LanguageModel, buffers: StepBuffers, context: ComputeContext) {
        self.model = model
        self.buffers = buffers
        self.context = context
        self.members = members
        rawCount = members.reduce(0) { $0 + $1.rawPlacements.count }
        rowCount = members.reduce(0) { $0 + $1.inputs }
        wanted = members.flatMap { member in member.wanted.map { member.firstRaw + $0 } }
    }

    /// Runs all layers; the residual then holds the wanted rows, from row 0.
    ///
    /// In the last layer only the wanted rows go past attention; without any, the pass ends with its keys
    /// and values.
    mutating func run() {
        for index in model.layers.indices {
            let isLast = index == model.layers.count - 1
            projectKeysAndValues(model.layers[index], index)
            if isLast, wanted.isEmpty { return }
            attend(model.layers[index], index, onlyWanted: isLast && wanted.count < rowCount)
            feedForward(model.layers[index], rows: isLast ? wanted.count : rowCount)
        }
    }

    /// Runs all layers without attention: their matrix products, with the norms and activations between them.
    func runProducts() {
        for layer in model.layers {
            buffers.hiddenInput.prepare(
                normalizing: buffers.residual, rows: rowCount, weight: layer.inputNorm,
                epsilon: model.configuration.rmsNormEpsilon, using: context)
            multiply(layer.key, buffers.hiddenInput, into: buffers.key)
            multiply(layer.value, buffers.hiddenInput, into: buffers.value)
            multiply(layer.query, buffers.hiddenInput, into: buffers.query)
            buffers.attendedInput.prepare(buffers.query, rows: rowCount, using: context)
            multiply(layer.output, buffers.attendedInput, into: buffers.residual, adding: true)
            feedForward(layer, rows: rowCount)
        }
    }

    private func projectKeysAndValues(_ layer: LayerWeights, _ index: Int) {
        buffers.hiddenInput.prepare(
            normalizing: buffers.residual, rows: rowCount, weight: layer.inputNorm,
            epsilon: model.configuration.rmsNormEpsilon, using: context)
        multiply(layer.key, buffers.hiddenInput, into: buffers.key)
        multiply(layer.value, buffers.hiddenInput, into: buffers.value)
        for member in members {
            let cache = member.memory.layers[index]
            let base = member.base - member.memory.keyStart
            var positions = [Int](repeating: 0, count: member.inputs)
            for run in member.runs {
                Operations.scatter(
                    buffers.key, from: run.first, placements: run.placements, into: cache.keys, at: base,
                    using: context)
                Operations.scatter(
                    buffers.value, from: run.first, placements: run.placements, into: cache.values,
                    at: member.base, using: context)
                for placement in run.placements { positions[placement.row] = placement.position }
            }
            Operations.rotate(
                cache.keys, tokens: base..<base + member.inputs, positions: positions, table: member.table,
                into: cache.placed, at: member.base, using: context)
        }
    }

    private mutating func attend(_ layer: LayerWeights, _ index: Int, onlyWanted: Bool) {
        multiply(layer.query, buffers.hiddenInput, into: buffers.query)
        let configuration = model.configuration
        let attention = Attention(
            heads: configuration.heads, kvHeads: configuration.kvHeads, headDim: configuration.headDim)
        for number in members.indices {
            let member = members[number]
            for run in member.runs {
                Operations.rotate(
                    buffers.query, from: run.first, placements: run.placements, table: member.table,
                    into: buffers.queries, at: member.firstInput, using: context)
            }
            let cache = member.memory.layers[index]
            let order = onlyWanted ? member.wanted.map { member.rawPlacements[$0].row } : []
            guard !onlyWanted || !order.isEmpty else { continue }
            let span = onlyWanted ? (order.min() ?? 0)..<(order.max() ?? 0) + 1 : 0..<member.inputs
            attention.apply(
                queries: buffers.queries, from: member.firstInput, inputs: member.inputs, rows: span,
                keys: cache.placed, values: cache.values, mask: member.mask, into: buffers.attended,
                mass: &members[number].mass, using: context)
        }
        project(layer.output, onlyWanted: onlyWanted)
    }

    /// Brings attended rows from input order into row order and adds their projection to the residual.
    private func project(_ output: LayerWeights.Projection, onlyWanted: Bool) {
        let rows = onlyWanted ? wanted : Array(0..<rowCount)
        var source = buffers.attended
        if onlyWanted || rowCount > rawCount {
            var places = [Int](repeating: 0, count: rowCount)
            for member in members {
                for run in member.runs {
                    for (offset, placement) in run.placements.enumerated() {
                        places[run.first + offset] = member.firstInput + placement.row
                    }
                }
            }
            Operations.gather(buffers.attended, rows: rows.map { places[$0] }, into: buffers.gathered)
            source = buffers.gathered
        }
        buffers.attendedInput.prepare(source, rows: rows.count, using: context)
        guard onlyWanted else {
            return multiply(output, buffers.attendedInput, into: buffers.residual, adding: true)
        }
        for (target, row) in rows.enumerated() where target != row {
            buffers.residual.setRow(target, to: buffers.residual.row(row))
        }
        output.raw.multiply(
            buffers.attendedInput, rows: 0..<rows.count, into: buffers.residual, adding: true, using: context)
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
            projection.raw.multiply(input, rows: 0..<rowCount, into: result, adding: adding, using: context)
        } else {
            projection.raw.multiply(input, rows: 0..<rawCount, into: result, adding: adding, using: context)
            projection.beacon.multiply(
                input, rows: rawCount..<rowCount, into: result, adding: adding, using: context)
        }
    }
}
