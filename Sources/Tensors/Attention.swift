internal import CKernels

/// Grouped-query attention of one layer over memory followed by the step's own inputs.
///
/// Scores are never held for more than a tile of queries and a tile of keys: the softmax runs along the keys and is
/// joined from partial results. All query heads of a kv head are taken together, so keys and values are
/// read once for them. A row's result does not depend on the rows beside it, nor on the number of threads.
public struct Attention: Sendable {
    public let heads: Int
    public let kvHeads: Int
    public let headDim: Int

    public init(heads: Int, kvHeads: Int, headDim: Int) {
        precondition(heads > 0 && kvHeads > 0 && heads % kvHeads == 0)
        precondition(
            headDim > 0 && headDim <= Self.largestHeadDim, "heads of \(headDim) values are too large")
        self.heads = heads
        self.kvHeads = kvHeads
        self.headDim = headDim
    }

    /// The largest `headDim` that kernels take.
    public static var largestHeadDim: Int { Int(PHAROS_MAXIMUM_HEAD_DIM) }

    /// `softmax(q kᵀ / sqrt(headDim)) v`, head by head; query head `h` reads kv head `h / (heads / kvHeads)`.
    ///
    /// - Parameters:
    ///   - queries: `[inputs, heads · headDim]` from row `first` on, rotated; input `i` stands at key column
    ///     `keys.count - inputs + i`.
    ///   - keys: rotated keys of memory and inputs, `[kvHeads, memory + inputs, headDim]`.
    ///   - rows: the input rows to compute; all of them unless said otherwise.
    ///   - output: `[inputs, heads · headDim]` from row `first` on; only `rows` are written.
    ///   - mass: where given, the probability mass each key column receives is added to it, summed over
    ///     heads and rows: `[keys]`. What citations are made of.
    public func apply(
        queries: Matrix, from first: Int = 0, inputs: Int, rows: Range<Int>? = nil, keys: HeadMatrix,
        values: HeadMatrix,
        mask: AttentionMask, into output: Matrix, mass: inout [Float]?, using context: ComputeContext
    ) {
        let total = keys.count
        check(queries: queries, first + inputs, inputs: inputs, keys: keys, values: values, output: output)
        let rows = rows ?? 0..<inputs
        precondition(first >= 0 && rows.lowerBound >= 0 && rows.upperBound <= inputs)
        precondition(mass == nil || mass?.count == total, "a mass per key column")
        var call = pharos_attention()
        call.queries = UnsafePointer(queries.pointer(row: first + rows.lowerBound))
        call.query_stride = queries.columns
        call.inputs = rows.count
        call.heads = heads
        call.kv_heads = kvHeads
        call.head_dim = headDim
        call.keys = keys.view
        call.values = values.view
        call.output = output.pointer(row: first + rows.lowerBound)
        call.output_stride = output.columns
        var engine = context.engine
        func attend(_ mass: UnsafeMutablePointer<Float>?) {
            call.mass = mass
            switch mask {
            case .causal:
                // The last row stands at the last of the columns.
                call.total = total - inputs + rows.upperBound
                pharos_attend(&engine, &call)
            case .explicit(let bits):
                precondition(bits.count == inputs * total, "the mask does not fill [\(inputs), \(total)]")
                call.total = total
                bits.withUnsafeBytes { bytes in
                    call.mask = bytes.baseAddress?.advanced(by: rows.lowerBound * total)
                        .assumingMemoryBound(to: UInt8.self)
                    pharos_attend(&engine, &call)
                }
            }
        }
        if mass?.withUnsafeMutableBufferPointer({ attend($0.baseAddress) }) == nil { attend(nil) }
    }

    private func check(
        queries: Matrix, _ end: Int, inputs: Int, keys: HeadMatrix, values: HeadMatrix, output: Matrix
    ) {
        precondition(inputs >= 0 && end <= min(queries.rows, output.rows) && inputs <= keys.count)
        precondition(queries.columns == heads * headDim && output.columns == heads * headDim)
        precondition(keys.heads == kvHeads && values.heads == kvHeads)
        precondition(keys.headDim == headDim && values.headDim == headDim && values.count == keys.count)
    }
}
