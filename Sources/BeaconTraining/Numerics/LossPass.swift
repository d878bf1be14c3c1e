internal import CKernels

/// The final norm, the output matrix and the cross entropy, on rows that have a target.
struct LossPass {
    let shape: ModelShape
    let norm: NormParameters
    /// `[vocabulary, hidden]`: the embedding where it is tied.
    let weight: UnsafePointer<Float>
    let gradient: UnsafeMutablePointer<Float>?
    let arena: Arena

    /// Rows whose logits are held at once.
    static let blockRows = 256

    /// Adds the gradient of `scale · Σ weight · nll` to `rowGradients` and returns `Σ weight · nll`.
    ///
    /// - Parameters:
    ///   - hidden: the last layer's output.
    ///   - rowGradients: nil: only the loss is wanted.
    ///   - best: receives the most likely token of each target row.
    func run(
        _ hidden: RowBlock, layout: PassLayout, scale: Float, rowGradients: RowBlock?, best: inout [Int32]?
    ) -> Double {
        let count = layout.targetRows.count
        let width = shape.hiddenSize
        guard count > 0 else { return 0 }
        let mark = arena.mark()
        let rows = arena.floats(count * width)
        let normed = arena.floats(count * width)
        let scales = arena.floats(count)
        pharos_train_gather_rows(rows, hidden.origin, layout.targetRows, count, width)
        pharos_train_rmsnorm_forward(rows, norm.weight, normed, scales, count, width, shape.normEpsilon)
        let normedGradient = arena.floats(count * width)
        let logits = arena.floats(min(count, Self.blockRows) * shape.vocabularySize)
        var total = 0.0
        var found = [Int32](repeating: 0, count: best == nil ? 0 : count)
        layout.targets.withUnsafeBufferPointer { targets in
            layout.weights.withUnsafeBufferPointer { weights in
                found.withUnsafeMutableBufferPointer { found in
                    for first in stride(from: 0, to: count, by: Self.blockRows) {
                        guard let target = targets.baseAddress, let weight = weights.baseAddress else {
                            return
                        }
                        let size = min(Self.blockRows, count - first)
                        let wanted = found.count > 0 ? found.baseAddress.map { $0 + first } : nil
                        total += block(
                            normed + first * width, into: normedGradient + first * width, rows: size,
                            logits: logits, targets: target + first, weights: weight + first, scale: scale,
                            best: wanted, backward: rowGradients != nil)
                    }
                }
            }
        }
        if best != nil { best = found }
        if let rowGradients {
            let gradients = arena.zeros(count * width)
            pharos_train_rmsnorm_backward(
                rows, norm.weight, scales, normedGradient, gradients, norm.gradient, count, width)
            pharos_train_scatter_rows(rowGradients.origin, gradients, layout.targetRows, count, width)
        }
        arena.release(to: mark)
        return total
    }

    private func block(
        _ rows: UnsafePointer<Float>, into rowGradients: UnsafeMutablePointer<Float>, rows count: Int,
        logits: UnsafeMutablePointer<Float>, targets: UnsafePointer<Int32>, weights: UnsafePointer<Float>,
        scale: Float, best: UnsafeMutablePointer<Int32>?, backward: Bool
    ) -> Double {
        let width = shape.hiddenSize
        let vocabulary = shape.vocabularySize
        MatrixProduct.transposed(
            rows, width, weight, width, into: logits, vocabulary, rows: count, inputs: width,
            outputs: vocabulary, adding: false)
        let loss = pharos_train_cross_entropy(logits, count, vocabulary, targets, weights, scale, best)
        guard backward else { return loss }
        MatrixProduct.plain(
            logits, vocabulary, weight, width, into: rowGradients, width, rows: count, inner: vocabulary,
            outputs: width, adding: false)
        if let gradient {
            MatrixProduct.addOuter(
                logits, vocabulary, rows, width, into: gradient, width, rows: count, left: vocabulary,
                right: width)
        }
        return loss
    }
}
