internal import CKernels

/// Grouped-query attention of one layer for one sequence of a pass, forward and backward.
///
/// Windows are visited one by one, each with the memory that earlier windows left; probabilities are not kept
/// but computed again from the logarithm of their sums.
struct AttentionPass {
    let heads: Int
    let kvHeads: Int
    let headDim: Int
    let cosines: UnsafePointer<Float>
    let sines: UnsafePointer<Float>
    let arena: Arena

    /// Queries handled at once: scores of a block stay in the second-level cache.
    static let blockRows = 96

    /// What the backward pass needs, head-major.
    struct Saved {
        /// Rotated, `[heads, queries, headDim]`.
        let queries: UnsafeMutablePointer<Float>
        /// Rotated, `[kvHeads, keys, headDim]`.
        let keys: UnsafeMutablePointer<Float>
        let values: UnsafeMutablePointer<Float>
        /// `[heads, queries]`.
        let logSums: UnsafeMutablePointer<Float>
    }

    private var width: Int { heads * headDim }
    private var rowStride: Int { (heads + 2 * kvHeads) * headDim }
    private var scale: Float { 1 / Float(headDim).squareRoot() }

    /// Reads `projected` rows `[hidden + 2 · kvHeads · headDim]`, adds retained rows to the bank, and writes the
    /// attention output of query rows to `output`.
    func forward(
        _ step: PassLayout.Step, projected: UnsafeMutablePointer<Float>, bank: MemoryBank, layer: Int,
        output: UnsafeMutablePointer<Float>
    ) -> Saved {
        let queryCount = step.queryRows.count
        let keyCount = step.keyRows.count
        let saved = Saved(
            queries: arena.floats(heads * queryCount * headDim),
            keys: arena.floats(kvHeads * keyCount * headDim),
            values: arena.floats(kvHeads * keyCount * headDim), logSums: arena.floats(heads * queryCount))
        gather(
            projected, step.queryRows, step.queryPositions, heads: heads, into: saved.queries,
            stride: queryCount * headDim)
        gather(
            projected + width, step.keyRows, step.keyPositions, heads: kvHeads, into: saved.keys,
            stride: keyCount * headDim)
        pharos_train_gather(
            projected + width + kvHeads * headDim, rowStride, step.keyRows, keyCount, kvHeads, headDim,
            saved.values, keyCount * headDim)
        if let first = step.retainedPositions.first {
            let offset = Int(first) * headDim
            gather(
                projected + width, step.retainedRows, step.retainedPositions, heads: kvHeads,
                into: bank.keys[layer] + offset, stride: bank.headStride)
            pharos_train_gather(
                projected + width + kvHeads * headDim, rowStride, step.retainedRows, step.retainedRows.count,
                kvHeads, headDim, bank.values[layer] + offset, bank.headStride)
        }
        let mark = arena.mark()
        let result = arena.floats(heads * queryCount * headDim)
        forEachBlock(step) { block in
            let scores = block.scores(arena)
            let queries = saved.queries + (block.head * queryCount + block.firstQuery) * headDim
            let keys = saved.keys + (block.group * keyCount + block.firstKey) * headDim
            let values = saved.values + (block.group * keyCount + block.firstKey) * headDim
            let memoryPlace = block.group * bank.headStride + block.firstMemory * headDim
            let memoryKeys = bank.keys[layer] + memoryPlace
            let memoryValues = bank.values[layer] + memoryPlace
            product(queries, memoryKeys, into: scores, block, columns: block.memory)
            product(queries, keys, into: scores + block.memory, block, columns: block.own)
            withMask(block) { mask in
                pharos_train_softmax_forward(
                    scores, block.stride, block.rows, block.memory, block.own, block.entries, mask,
                    block.total,
                    scale, saved.logSums + block.head * queryCount + block.firstQuery)
            }
            let target = result + (block.head * queryCount + block.firstQuery) * headDim
            MatrixProduct.plain(
                scores + block.memory, block.stride, values, headDim, into: target, headDim, rows: block.rows,
                inner: block.own, outputs: headDim, adding: false)
            if block.memory > 0 {
                MatrixProduct.plain(
                    scores, block.stride, memoryValues, headDim, into: target, headDim, rows: block.rows,
                    inner: block.memory, outputs: headDim, adding: true)
            }
        }
        pharos_train_place(
            result, queryCount * headDim, step.queryRows, queryCount, heads, headDim, output, width)
        arena.release(to: mark)
        return saved
    }

    /// Adds the gradients of `projected` rows; those of memory that earlier passes left go to the bank.
    ///
    /// - Parameters:
    ///   - output: the forward result, rows of `[hidden]`.
    ///   - outputGradient: the same shape.
    func backward(
        _ step: PassLayout.Step, saved: Saved, bank: MemoryBank, layer: Int,
        output: UnsafeMutablePointer<Float>, outputGradient: UnsafeMutablePointer<Float>,
        projectedGradient: UnsafeMutablePointer<Float>
    ) {
        let queryCount = step.queryRows.count
        let keyCount = step.keyRows.count
        let mark = arena.mark()
        let headSize = queryCount * headDim
        let result = arena.floats(heads * headSize)
        let gradient = arena.floats(heads * headSize)
        pharos_train_gather(output, width, step.queryRows, queryCount, heads, headDim, result, headSize)
        pharos_train_gather(
            outputGradient, width, step.queryRows, queryCount, heads, headDim, gradient, headSize)
        let deltas = arena.floats(heads * queryCount)
        pharos_train_row_dots(result, gradient, headDim, heads * queryCount, headDim, deltas)
        let queryGradients = result  // no longer needed as the output
        let keyGradients = arena.zeros(kvHeads * keyCount * headDim)
        let valueGradients = arena.zeros(kvHeads * keyCount * headDim)
        forEachBlock(step) { block in
            let scores = block.scores(arena)
            let slopes = block.scores(arena)
            let place = (block.head * queryCount + block.firstQuery) * headDim
            let queries = saved.queries + place
            let slope = gradient + place
            let keyPlace = (block.group * keyCount + block.firstKey) * headDim
            let memoryPlace = block.group * bank.headStride + block.firstMemory * headDim
            let memoryKeys = bank.keys[layer] + memoryPlace
            product(queries, memoryKeys, into: scores, block, columns: block.memory)
            product(queries, saved.keys + keyPlace, into: scores + block.memory, block, columns: block.own)
            withMask(block) { mask in
                pharos_train_softmax_again(
                    scores, block.stride, block.rows, block.memory, block.own, block.entries, mask,
                    block.total,
                    scale, saved.logSums + block.head * queryCount + block.firstQuery)
            }
            product(slope, bank.values[layer] + memoryPlace, into: slopes, block, columns: block.memory)
            product(slope, saved.values + keyPlace, into: slopes + block.memory, block, columns: block.own)
            addOuter(scores + block.memory, slope, into: valueGradients + keyPlace, block, columns: block.own)
            pharos_train_softmax_backward(
                scores, slopes, block.stride, block.rows, block.memory + block.own,
                deltas + block.head * queryCount + block.firstQuery, scale)
            MatrixProduct.plain(
                slopes + block.memory, block.stride, saved.keys + keyPlace, headDim,
                into: queryGradients + place,
                headDim, rows: block.rows, inner: block.own, outputs: headDim, adding: false)
            addOuter(slopes + block.memory, queries, into: keyGradients + keyPlace, block, columns: block.own)
            guard block.memory > 0 else { return }
            addOuter(
                scores, slope, into: bank.valueGradients[layer] + memoryPlace, block, columns: block.memory)
            MatrixProduct.plain(
                slopes, block.stride, memoryKeys, headDim, into: queryGradients + place, headDim,
                rows: block.rows, inner: block.memory, outputs: headDim, adding: true)
            addOuter(
                slopes, queries, into: bank.keyGradients[layer] + memoryPlace, block, columns: block.memory)
        }
        let keyTarget = projectedGradient + width
        let valueTarget = keyTarget + kvHeads * headDim
        scatter(
            queryGradients, step.queryRows, step.queryPositions, heads: heads, into: projectedGradient,
            stride: headSize)
        scatter(
            keyGradients, step.keyRows, step.keyPositions, heads: kvHeads, into: keyTarget,
            stride: keyCount * headDim)
        pharos_train_scatter(
            valueGradients, keyCount * headDim, step.keyRows, keyCount, kvHeads, headDim, valueTarget,
            rowStride)
        if let first = step.retainedPositions.first {
            let offset = Int(first) * headDim
            scatter(
                bank.keyGradients[layer] + offset, step.retainedRows, step.retainedPositions, heads: kvHeads,
                into: keyTarget, stride: bank.headStride)
            pharos_train_scatter(
                bank.valueGradients[layer] + offset, bank.headStride, step.retainedRows,
                step.retainedRows.count, kvHeads, headDim, valueTarget, rowStride)
        }
        arena.release(to: mark)
    }

    // MARK: Blocks

    /// Some queries of one head against all they may see.
    private struct Block {
        let head: Int
        let group: Int
        /// Counted in the step's gathered queries and keys.
        let firstQuery: Int
        let rows: Int
        let firstKey: Int
        /// First place in the memory and how many.
        let firstMemory: Int
        let memory: Int
        /// Own columns: up to the last query's entry, or all of them under a mask.
        let own: Int
        /// Row length of scores.
        let stride: Int
        let entries: UnsafePointer<Int32>
        let mask: [UInt8]?
        /// Entries in the segment: row length of the mask.
        let total: Int

        func scores(_ arena: Arena) -> UnsafeMutablePointer<Float> { arena.floats(rows * stride) }
    }

    private func forEachBlock(_ step: PassLayout.Step, _ body: (Block) -> Void) {
        step.queryEntries.withUnsafeBufferPointer { entries in
            guard let base = entries.baseAddress else { return }
            for segment in step.segments {
                for head in 0..<heads {
                    let ends = segment.queries.upperBound
                    for first in Swift.stride(from: segment.queries.lowerBound, to: ends, by: Self.blockRows)
                    {
                        let end = min(first + Self.blockRows, ends)
                        let own = segment.mask == nil ? Int(entries[end - 1]) + 1 : segment.keys.count
                        let mark = arena.mark()
                        body(
                            Block(
                                head: head, group: head / (heads / kvHeads), firstQuery: first,
                                rows: end - first,
                                firstKey: segment.keys.lowerBound, firstMemory: segment.memory.lowerBound,
                                memory: segment.memory.count, own: own,
                                stride: (segment.memory.count + own + 15) & ~15, entries: base + first,
                                mask: segment.mask, total: segment.entries))
                        arena.release(to: mark)
                    }
                }
            }
        }
    }

    private func withMask(_ block: Block, _ body: (UnsafePointer<UInt8>?) -> Void) {
        guard let mask = block.mask else { return body(nil) }
        mask.withUnsafeBufferPointer { body($0.baseAddress) }
    }

    /// Scores of a block: `rows · keysᵀ`.
    private func product(
        _ rows: UnsafePointer<Float>, _ keys: UnsafePointer<Float>, into scores: UnsafeMutablePointer<Float>,
        _ block: Block, columns: Int
    ) {
        MatrixProduct.transposed(
            rows, headDim, keys, headDim, into: scores, block.stride, rows: block.rows, inputs: headDim,
            outputs: columns, adding: false)
    }

    private func addOuter(
        _ scores: UnsafePointer<Float>, _ rows: UnsafePointer<Float>,
        into target: UnsafeMutablePointer<Float>,
        _ block: Block, columns: Int
    ) {
        MatrixProduct.addOuter(
            scores, block.stride, rows, headDim, into: target, headDim, rows: block.rows, left: columns,
            right: headDim)
    }

    private func gather(
        _ rows: UnsafePointer<Float>, _ source: [Int32], _ positions: [Int32], heads: Int,
        into target: UnsafeMutablePointer<Float>, stride: Int
    ) {
        pharos_train_rotate_gather(
            rows, rowStride, source, positions, source.count, heads, headDim, cosines, sines, target, stride)
    }

    private func scatter(
        _ gradients: UnsafePointer<Float>, _ source: [Int32], _ positions: [Int32], heads: Int,
        into target: UnsafeMutablePointer<Float>, stride: Int
    ) {
        pharos_train_rotate_scatter(
            gradients, stride, source, positions, source.count, heads, headDim, cosines, sines, target,
            rowStride)
    }
}
