internal import CKernels

/// The weights of one linear map, `[outputs, inputs]`, with an optional bias `[outputs]`, ready to multiply.
///
/// `y = x Wᵀ + b`, as in a checkpoint's `*_proj.weight` and `.bias`. Weights are packed in panels of 16 outputs, or
/// used where they lie in a mapped file: large bf16 matrices as they are, each block packed on the way to the
/// product, and panels that were written before.
///
/// Every element is summed in an order of its own, whatever the threads and the rows beside it. (Of bf16 weights in
/// place, one or two rows are summed in another order than more.)
public final class LinearWeights: Sendable {
    public let outputs: Int
    public let inputs: Int
    public let format: WeightFormat
    /// Inputs that share a scale; int8 only.
    public let groupSize: Int
    /// Bytes of memory of its own; zero where the weights lie in a mapped file.
    public let residentBytes: Int
    let bias: [Float]?
    nonisolated(unsafe) let panels: UnsafeRawPointer?
    private nonisolated(unsafe) let rows: UnsafeRawPointer?
    /// What keeps `panels` or `rows` in memory.
    private nonisolated(unsafe) let owner: AnyObject

    init(_ shape: LinearShape, bias: [Float]?, storage: Storage) {
        precondition(bias == nil || bias?.count == shape.outputs, "a bias per output")
        outputs = shape.outputs
        inputs = shape.inputs
        format = shape.format
        groupSize = shape.groupSize
        self.bias = bias
        switch storage {
        case .packed(let buffer):
            panels = UnsafeRawPointer(buffer.base)
            rows = nil
            owner = buffer
            residentBytes = buffer.size
        case .mappedPanels(let base, let mapping):
            panels = base
            rows = nil
            owner = mapping
            residentBytes = 0
        case .mappedRows(let base, let mapping):
            panels = nil
            rows = base
            owner = mapping
            residentBytes = 0
        }
    }

    /// Where weights are.
    enum Storage {
        case packed(AlignedBuffer)
        case mappedPanels(UnsafeRawPointer, AnyObject)
        case mappedRows(UnsafeRawPointer, AnyObject)
    }

    var shape: LinearShape {
        LinearShape(outputs: outputs, inputs: inputs, format: format, groupSize: groupSize)
    }

    /// Multiplies the prepared rows `rows` and writes, or adds, the results to the same rows of `result`.
    public func multiply(
        _ input: ActivationInput, rows: Range<Int>, into result: Matrix, adding: Bool = false,
        using context: ComputeContext
    ) {
        precondition(input.columns == inputs && result.columns == outputs)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= min(input.rows, result.rows))
        guard !rows.isEmpty else { return }
        var activations = input.prepared(for: self, using: context)
        var engine = context.engine
        withView { weights in
            pharos_multiply(
                &engine, weights, &activations, rows.lowerBound, rows.count,
                result.pointer(row: rows.lowerBound), outputs, adding ? 1 : 0)
        }
    }

    /// What kernels see of it.
    func withView(_ body: (UnsafePointer<pharos_weights>) -> Void) {
        func run(_ bias: UnsafePointer<Float>?) {
            var weights = shape.view
            weights.panels = panels
            weights.rows = rows
            weights.bias = bias
            body(&weights)
        }
        if let bias {
            bias.withUnsafeBufferPointer { run($0.baseAddress) }
        } else {
            run(nil)
        }
    }
}
