internal import CKernels

/// The weights of one linear map, `[outputs, inputs]`, with an optional bias `[outputs]`, ready to multiply.
///
/// `y = x Wᵀ + b`, as in a checkpoint's `*_proj.weight` and `.bias`. Weights are packed in panels of 16 outputs, or
/// used where they lie in a mapped file when file and product have the same format; then each block of a
/// panel is packed on the way to the product, which gives the same results.
///
/// Every element is summed in an order of its own, whatever the rows beside it and the threads.
public final class LinearWeights: Sendable {
    public let outputs: Int
    public let inputs: Int
    public let format: WeightFormat
    /// Inputs that share a scale; int8 only.
    public let groupSize: Int
    private nonisolated(unsafe) let panels: AlignedBuffer?
    private nonisolated(unsafe) let rows: UnsafeRawPointer?
    private let bias: [Float]?
    /// What keeps `rows` mapped.
    private nonisolated(unsafe) let mapping: AnyObject?

    /// Weights that are copied.
    ///
    /// - Parameters:
    ///   - weights: `[outputs, inputs]`, row-major.
    ///   - bias: `[outputs]`.
    ///   - format: what to multiply in; weights are rounded or quantized to it.
    ///   - context: the cores to convert with; by default the calling thread.
    public convenience init(
        outputs: Int, inputs: Int, weights: [Float], bias: [Float]? = nil, format: WeightFormat = .f32,
        groupSize: Int = QuantizedRows.defaultGroupSize, using context: ComputeContext? = nil
    ) {
        self.init(
            outputs: outputs, inputs: inputs, bytes: weights.span.bytes, element: .f32, mapping: nil,
            bias: bias,
            format: format, groupSize: groupSize, using: context)
    }

    /// Weights of a checkpoint.
    ///
    /// - Parameters:
    ///   - bytes: `[outputs, inputs]` elements, row-major, in the machine's byte order, at any alignment.
    ///   - mapping: the object that keeps a **read-only file mapping** of `bytes` alive, kept as long as the weights where
    ///     they are used in place. Where they are converted instead, their pages are dropped on the way, so a
    ///     checkpoint larger than memory can be loaded. Nil: `bytes` is other memory, and copied.
    public init(
        outputs: Int, inputs: Int, bytes: RawSpan, element: WeightElement, mapping: AnyObject?,
        bias: [Float]? = nil,
        format: WeightFormat, groupSize: Int = QuantizedRows.defaultGroupSize,
        using context: ComputeContext? = nil
    ) {
        precondition(outputs > 0 && inputs > 0, "impossible weights [\(outputs), \(inputs)]")
        precondition(
            bytes.byteCount == outputs * inputs * element.bytes, "weights do not fill [\(outputs), \(inputs)]"
        )
        precondition(bias == nil || bias?.count == outputs, "a bias per output")
        QuantizedRows.check(groupSize: groupSize)
        self.outputs = outputs
        self.inputs = inputs
        self.format = format
        self.groupSize = groupSize
        self.bias = bias
        if mapping != nil, element.type == format.type {
            rows = bytes.withUnsafeBytes { $0.baseAddress }
            panels = nil
            self.mapping = mapping
        } else {
            rows = nil
            self.mapping = nil
            var shape = Self.shape(outputs, inputs, format, groupSize)
            let panels = AlignedBuffer(size: pharos_panels_size(&shape))
            self.panels = panels
            let chunk = max(PackingChunk.bytes / (inputs * element.bytes * 16), 1) * 16
            var engine = context?.engine ?? ComputeContext.serialEngine
            bytes.withUnsafeBytes { source in
                for first in stride(from: 0, to: outputs, by: chunk) {
                    guard let base = source.baseAddress else { return }
                    let count = min(chunk, outputs - first)
                    let start = base + first * inputs * element.bytes
                    pharos_pack(&engine, &shape, panels.base, start, element.type, first, count)
                    if mapping != nil { pharos_release_pages(start, count * inputs * element.bytes) }
                }
            }
        }
    }

    /// Weights quantized before.
    public init(quantized: QuantizedRows, bias: [Float]? = nil, using context: ComputeContext? = nil) {
        precondition(bias == nil || bias?.count == quantized.outputs, "a bias per output")
        outputs = quantized.outputs
        inputs = quantized.inputs
        format = .int8
        groupSize = quantized.groupSize
        self.bias = bias
        rows = nil
        mapping = nil
        var shape = Self.shape(outputs, inputs, .int8, groupSize)
        let panels = AlignedBuffer(size: pharos_panels_size(&shape))
        self.panels = panels
        var engine = context?.engine ?? ComputeContext.serialEngine
        pharos_pack_quantized(
            &engine, &shape, panels.base, quantized.values, quantized.scales, 0, quantized.outputs)
    }

    /// Weights quantized before, in a mapped checkpoint.
    ///
    /// - Parameters:
    ///   - values: `[outputs, inputs]` signed bytes in [-127, 127].
    ///   - scales: `[outputs, ceil(inputs / groupSize)]`.
    ///   - mapping: as for weights that are not quantized; always copied, and the pages dropped.
    public init(
        outputs: Int, inputs: Int, quantized values: RawSpan, scales: [Float], groupSize: Int,
        mapping: AnyObject?,
        bias: [Float]? = nil, using context: ComputeContext? = nil
    ) {
        precondition(outputs > 0 && inputs > 0, "impossible weights [\(outputs), \(inputs)]")
        QuantizedRows.check(groupSize: groupSize)
        precondition(values.byteCount == outputs * inputs, "values do not fill [\(outputs), \(inputs)]")
        let groups = QuantizedRows.groups(inputs, groupSize)
        precondition(scales.count == outputs * groups, "a scale per row and group")
        precondition(bias == nil || bias?.count == outputs, "a bias per output")
        self.outputs = outputs
        self.inputs = inputs
        self.groupSize = groupSize
        self.bias = bias
        format = .int8
        rows = nil
        self.mapping = nil
        var shape = Self.shape(outputs, inputs, .int8, groupSize)
        let panels = AlignedBuffer(size: pharos_panels_size(&shape))
        self.panels = panels
        var engine = context?.engine ?? ComputeContext.serialEngine
        let chunk = max(PackingChunk.bytes / (inputs * 16), 1) * 16
        values.withUnsafeBytes { source in
            scales.withUnsafeBufferPointer { scales in
                guard let base = source.baseAddress, let scale = scales.baseAddress else { return }
                for first in stride(from: 0, to: outputs, by: chunk) {
                    let count = min(chunk, outputs - first)
                    let start = base + first * inputs
                    pharos_pack_quantized(
                        &engine, &shape, panels.base, start.assumingMemoryBound(to: Int8.self),
                        scale + first * groups, first, count)
                    if mapping != nil { pharos_release_pages(start, count * inputs) }
                }
            }
        }
    }

    /// Bytes of memory of its own; zero where the weights lie in a mapped file.
    public var residentBytes: Int { panels?.size ?? 0 }

    /// Multiplies the prepared rows `rows` and writes, or adds, the results to the same rows of `result`.
    public func multiply(
        _ input: ActivationInput, rows: Range<Int>, into result: Matrix, adding: Bool = false,
        using context: ComputeContext
    ) {
        precondition(input.columns == inputs && result.columns == outputs)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= min(input.rows, result.rows))
        guard !rows.isEmpty else { return }
        var activations = input.prepared(for: format, groupSize: groupSize, using: context)
        var engine = context.engine
        func run(_ bias: UnsafePointer<Float>?) {
            var weights = Self.shape(outputs, inputs, format, groupSize)
            weights.panels = panels.map { UnsafeRawPointer($0.base) }
            weights.rows = self.rows
            weights.bias = bias
            pharos_multiply(
                &engine, &weights, &activations, rows.lowerBound, rows.count,
                result.pointer(row: rows.lowerBound), outputs, adding ? 1 : 0)
        }
        if let bias {
            bias.withUnsafeBufferPointer { run($0.baseAddress) }
        } else {
            run(nil)
        }
    }

    private static func shape(
        _ outputs: Int, _ inputs: Int, _ format: WeightFormat, _ groupSize: Int
    ) -> pharos_weights {
        pharos_weights(
            format: format.type, outputs: outputs, inputs: inputs, group: groupSize, panels: nil, rows: nil,
            bias: nil)
    }
}

/// How much of a checkpoint is converted before its pages are dropped.
private enum PackingChunk {
    static let bytes = 64 << 20
}
