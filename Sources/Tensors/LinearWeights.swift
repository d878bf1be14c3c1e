internal import COpenBLAS

/// The weights of one linear map, `[outputs, inputs]`, with an optional bias `[outputs]`, ready to multiply.
///
/// `y = x Wᵀ + b`, as in a checkpoint's `*_proj.weight` and `.bias`.
public final class LinearWeights: Sendable {
    public let outputs: Int
    public let inputs: Int
    public let format: WeightFormat
    private let weights: [Float]
    private let bias: [Float]?

    /// - Parameters:
    ///   - weights: `[outputs, inputs]`, row-major.
    ///   - bias: `[outputs]`.
    public init(outputs: Int, inputs: Int, weights: [Float], bias: [Float]? = nil) {
        precondition(weights.count == outputs * inputs, "weights do not fill [\(outputs), \(inputs)]")
        precondition(bias == nil || bias?.count == outputs)
        self.outputs = outputs
        self.inputs = inputs
        self.weights = weights
        self.bias = bias
        format = .f32
    }

    /// Multiplies the prepared rows `rows` and writes, or adds, the results to the same rows of `result`.
    public func multiply(
        _ input: ActivationInput, rows: Range<Int>, into result: Matrix, adding: Bool = false,
        using context: ComputeContext
    ) {
        precondition(input.columns == inputs && result.columns == outputs)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= min(input.rows, result.rows))
        guard !rows.isEmpty else { return }
        if let bias, !adding {
            for row in rows {
                result.pointer(row: row).update(from: bias, count: outputs)
            }
        } else if let bias {
            for row in rows {
                let target = result.pointer(row: row)
                for column in 0..<outputs { target[column] += bias[column] }
            }
        }
        let beta: Float = adding || bias != nil ? 1 : 0
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows.count), Int32(outputs), Int32(inputs), 1,
            input.source.pointer(row: rows.lowerBound), Int32(inputs), weights, Int32(inputs), beta,
            result.pointer(row: rows.lowerBound), Int32(outputs))
    }
}
