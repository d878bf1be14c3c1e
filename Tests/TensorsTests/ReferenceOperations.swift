import Foundation

@testable import Tensors

/// Every operation in its obvious form and double precision: what the fast ones are compared with.
enum ReferenceOperations {
    /// `x Wᵀ + b` of one row.
    static func multiply(_ x: [Float], weights: [Float], outputs: Int, bias: [Float]?) -> [Double] {
        (0..<outputs).map { output in
            var sum = bias.map { Double($0[output]) } ?? 0
            for index in 0..<x.count { sum += Double(x[index]) * Double(weights[output * x.count + index]) }
            return sum
        }
    }

    static func rmsNorm(_ x: [Float], weight: [Float], epsilon: Float) -> [Double] {
        let mean = x.reduce(0) { $0 + Double($1) * Double($1) } / Double(x.count)
        let scale = 1 / (mean + Double(epsilon)).squareRoot()
        return zip(x, weight).map { Double($0) * scale * Double($1) }
    }

    static func siluMultiply(_ gate: [Float], _ up: [Float]) -> [Double] {
        zip(gate, up).map { Double($0) / (1 + exp(-Double($0))) * Double($1) }
    }

    static func rotate(_ x: [Float], cosines: [Float], sines: [Float]) -> [Double] {
        let half = x.count / 2
        let first = (0..<half).map {
            Double(x[$0]) * Double(cosines[$0]) - Double(x[$0 + half]) * Double(sines[$0])
        }
        let second = (0..<half).map {
            Double(x[$0 + half]) * Double(cosines[$0]) + Double(x[$0]) * Double(sines[$0])
        }
        return first + second
    }

    struct AttentionResult {
        var output: [[Double]]
        var mass: [Double]
    }

    /// Head by head, row by row; `keys` and `values` are `[tokens][kvHeads · headDim]`.
    static func attend(
        queries: [[Float]], keys: [[Float]], values: [[Float]], heads: Int, kvHeads: Int, headDim: Int,
        visible: (Int, Int) -> Bool
    ) -> AttentionResult {
        var result = AttentionResult(
            output: queries.map { _ in [Double](repeating: 0, count: heads * headDim) },
            mass: [Double](repeating: 0, count: keys.count))
        for (row, query) in queries.enumerated() {
            for head in 0..<heads {
                let offset = head / (heads / kvHeads) * headDim
                let seen = keys.indices.filter { visible(row, $0) }
                let scores = seen.map { key in
                    (0..<headDim).reduce(0.0) { sum, index in
                        sum + Double(query[head * headDim + index]) * Double(keys[key][offset + index])
                    } / Double(headDim).squareRoot()
                }
                guard let top = scores.max() else { continue }
                let powers = scores.map { exp($0 - top) }
                let total = powers.reduce(0, +)
                for (key, power) in zip(seen, powers) {
                    result.mass[key] += power / total
                    for index in 0..<headDim {
                        result.output[row][head * headDim + index] +=
                            power / total * Double(values[key][offset + index])
                    }
                }
            }
        }
        return result
    }
}

/// The largest difference, relative to the largest reference value.
func relativeError(_ values: [Float], _ reference: [Double]) -> Double {
    precondition(values.count == reference.count)
    let scale = max(reference.map(abs).max() ?? 0, 1e-6)
    return zip(values, reference).map { value, expected in
        value.isNaN ? .infinity : abs(Double(value) - expected)
    }.max().map { $0 / scale } ?? 0
}

func matrix(_ rows: [[Float]]) -> Matrix {
    let result = Matrix(rows: rows.count, columns: rows[0].count)
    for (index, row) in rows.enumerated() { result.setRow(index, to: row) }
    return result
}

func allRows(_ matrix: Matrix) -> [[Float]] { (0..<matrix.rows).map(matrix.row) }
