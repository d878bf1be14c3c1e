/// A run of output columns of a linear map that share one weight matrix; gradients where they train.
struct MapPart {
    /// First column of the output.
    let column: Int
    var outputs: Int
    let inputs: Int
    /// `[outputs, inputs]`.
    let weight: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    let weightGradient: UnsafeMutablePointer<Float>?
    let biasGradient: UnsafeMutablePointer<Float>?

    /// Both parts as one, where their memory is one matrix.
    func joined(with next: MapPart) -> MapPart? {
        let size = outputs * inputs
        guard column + outputs == next.column, weight + size == next.weight,
            follows(bias, next.bias, outputs),
            follows(
                weightGradient.map { UnsafePointer($0) }, next.weightGradient.map { UnsafePointer($0) }, size),
            follows(
                biasGradient.map { UnsafePointer($0) }, next.biasGradient.map { UnsafePointer($0) }, outputs)
        else { return nil }
        var result = self
        result.outputs += next.outputs
        return result
    }

    private func follows(_ a: UnsafePointer<Float>?, _ b: UnsafePointer<Float>?, _ distance: Int) -> Bool {
        guard let a else { return b == nil }
        return a + distance == b
    }
}

/// A linear map `y = x Wᵀ + b`, or some columns of one, forward and backward.
struct LayerMap {
    let inputs: Int
    /// Columns of the output matrix, whether this map writes all of them or not.
    let width: Int
    let parts: [MapPart]

    init(inputs: Int, width: Int, parts: [MapPart]) {
        self.inputs = inputs
        self.width = width
        var joined: [MapPart] = []
        for part in parts {
            if let both = joined.last?.joined(with: part) {
                joined[joined.count - 1] = both
            } else {
                joined.append(part)
            }
        }
        self.parts = joined
    }

    /// `y[rows, width] (+)= x[rows, inputs] Wᵀ + b` in this map's columns.
    func forward(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, adding: Bool = false
    ) {
        guard rows > 0 else { return }
        for part in parts {
            if let bias = part.bias {
                if adding {
                    TrainingKernels.addRow(
                        y + part.column, bias, rows: rows, columns: part.outputs, stride: width)
                } else {
                    TrainingKernels.setRows(
                        y + part.column, bias, rows: rows, columns: part.outputs, stride: width)
                }
            }
            MatrixProduct.transposed(
                x, inputs, part.weight, inputs, into: y + part.column, width, rows: rows, inputs: inputs,
                outputs: part.outputs, adding: adding || part.bias != nil)
        }
    }

    /// `dx[rows, inputs] (+)= dy[rows, width] W`.
    func backwardInput(
        _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>, rows: Int, adding: Bool = false
    ) {
        for (index, part) in parts.enumerated() {
            MatrixProduct.plain(
                dy + part.column, width, part.weight, inputs, into: dx, inputs, rows: rows,
                inner: part.outputs, outputs: inputs, adding: adding || index > 0)
        }
    }

    /// `dW += dyᵀ x` and `db += Σ dy`, for parts that train.
    func backwardWeights(_ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, rows: Int) {
        guard rows > 0 else { return }
        for part in parts {
            if let gradient = part.weightGradient {
                MatrixProduct.addOuter(
                    dy + part.column, width, x, inputs, into: gradient, inputs, rows: rows,
                    left: part.outputs,
                    right: inputs)
            }
            if let gradient = part.biasGradient {
                TrainingKernels.addColumns(
                    gradient, dy + part.column, rows: rows, columns: part.outputs, stride: width)
            }
        }
    }
}
