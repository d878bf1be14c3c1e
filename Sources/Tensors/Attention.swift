import Foundation

/// Which memory columns each query row sees.
public enum AttentionMask: Sendable {
    /// All memory, and inputs up to and including the row itself.
    case causal
    /// `[queries, keys]`, row-major; true = visible.
    case explicit([Bool])
}

/// Grouped-query attention of one layer over memory followed by the step's own inputs.
public struct Attention: Sendable {
    public let heads: Int
    public let kvHeads: Int
    public let headDim: Int

    public init(heads: Int, kvHeads: Int, headDim: Int) {
        precondition(heads % kvHeads == 0)
        self.heads = heads
        self.kvHeads = kvHeads
        self.headDim = headDim
    }

    /// `softmax(q kᵀ / sqrt(headDim)) v`, head by head; query head `h` reads kv head `h / (heads / kvHeads)`.
    ///
    /// - Parameters:
    ///   - queries: `[inputs, heads · headDim]`, rotated; row `i` stands at key column `keys.count - inputs + i`.
    ///   - keys: rotated keys of memory and inputs, `[kvHeads, memory + inputs, headDim]`.
    ///   - rows: the input rows to compute; all of them unless said otherwise.
    ///   - output: `[inputs, heads · headDim]`; only `rows` are written.
    ///   - weights: where given, the probability mass each key column receives is added to it, summed over
    ///     heads and rows: `[keys]`. What citations are made of.
    public func apply(
        queries: Matrix, inputs: Int, rows: Range<Int>? = nil, keys: HeadMatrix, values: HeadMatrix,
        mask: AttentionMask, into output: Matrix, mass: inout [Float]?, using context: ComputeContext
    ) {
        let total = keys.count
        let memory = total - inputs
        let scale = 1 / Float(headDim).squareRoot()
        var scores = [Float](repeating: 0, count: total)
        for head in 0..<heads {
            let group = head / (heads / kvHeads)
            for row in rows ?? 0..<inputs {
                let query = queries.pointer(row: row) + head * headDim
                var largest = -Float.infinity
                for key in 0..<total {
                    let visible: Bool
                    switch mask {
                    case .causal: visible = key <= memory + row
                    case .explicit(let bits): visible = bits[row * total + key]
                    }
                    guard visible else {
                        scores[key] = -.infinity
                        continue
                    }
                    let k = keys.pointer(head: group, token: key)
                    var sum: Float = 0
                    for index in 0..<headDim { sum += query[index] * k[index] }
                    scores[key] = sum * scale
                    largest = max(largest, scores[key])
                }
                var denominator: Float = 0
                for key in 0..<total {
                    scores[key] = exp(scores[key] - largest)
                    denominator += scores[key]
                }
                let result = output.pointer(row: row) + head * headDim
                for index in 0..<headDim { result[index] = 0 }
                for key in 0..<total where scores[key] > 0 {
                    let weight = scores[key] / denominator
                    mass?[key] += weight
                    let v = values.pointer(head: group, token: key)
                    for index in 0..<headDim { result[index] += weight * v[index] }
                }
            }
        }
    }
}
