internal import CKernels

extension LinearWeights {
    /// bf16 matrices from this size on are used where they lie; smaller ones are packed at once.
    static let smallestInPlace = 4 << 20

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
    ///   - mapping: the object that keeps a **read-only file mapping** of `bytes` alive, kept as long as the weights
    ///     where they are used in place. Where they are converted or packed instead, their pages are dropped on the
    ///     way, so that a checkpoint larger than memory can be loaded. Nil: `bytes` is other memory, and copied.
    ///   - inPlace: whether to use a mapping's bytes where they lie if file and product have the same format; by
    ///     default large bf16 matrices, which cost the most to pack.
    public convenience init(
        outputs: Int, inputs: Int, bytes: RawSpan, element: WeightElement, mapping: AnyObject?,
        inPlace: Bool? = nil, bias: [Float]? = nil, format: WeightFormat,
        groupSize: Int = QuantizedRows.defaultGroupSize, using context: ComputeContext? = nil
    ) {
        let shape = LinearShape(outputs: outputs, inputs: inputs, format: format, groupSize: groupSize)
        precondition(
            bytes.byteCount == outputs * inputs * element.bytes, "weights do not fill [\(outputs), \(inputs)]"
        )
        let isLarge = format == .bf16 && bytes.byteCount >= Self.smallestInPlace
        if let mapping, element.type == format.type, inPlace ?? isLarge,
            let base = bytes.withUnsafeBytes({ $0.baseAddress })
        {
            self.init(shape, bias: bias, storage: .mappedRows(base, mapping))
            return
        }
        let panels = AlignedBuffer(size: shape.panelBytes)
        var view = shape.view
        var engine = context?.engine ?? ComputeContext.serialEngine
        let chunk = shape.chunk(bytesPerInput: element.bytes)
        bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            for first in stride(from: 0, to: outputs, by: chunk) {
                let count = min(chunk, outputs - first)
                let start = base + first * inputs * element.bytes
                pharos_pack(&engine, &view, panels.base, start, element.type, first, count)
                if mapping != nil { pharos_release_pages(start, count * inputs * element.bytes) }
            }
        }
        self.init(shape, bias: bias, storage: .packed(panels))
    }

    /// Weights quantized before.
    public convenience init(
        quantized: QuantizedRows, bias: [Float]? = nil, using context: ComputeContext? = nil
    ) {
        self.init(
            outputs: quantized.outputs, inputs: quantized.inputs, quantized: quantized.values.span.bytes,
            scales: quantized.scales, groupSize: quantized.groupSize, mapping: nil, bias: bias, using: context
        )
    }

    /// Weights quantized before, in a mapped checkpoint.
    ///
    /// - Parameters:
    ///   - values: `[outputs, inputs]` signed bytes in [-127, 127].
    ///   - scales: `[outputs, ceil(inputs / groupSize)]`.
    ///   - mapping: as for weights that are not quantized; always copied, and the pages dropped.
    public convenience init(
        outputs: Int, inputs: Int, quantized values: RawSpan, scales: [Float], groupSize: Int,
        mapping: AnyObject?, bias: [Float]? = nil, using context: ComputeContext? = nil
    ) {
        let shape = LinearShape(outputs: outputs, inputs: inputs, format: .int8, groupSize: groupSize)
        precondition(values.byteCount == outputs * inputs, "values do not fill [\(outputs), \(inputs)]")
        let groups = QuantizedRows.groups(inputs, groupSize)
        precondition(scales.count == outputs * groups, "a scale per row and group")
        let panels = AlignedBuffer(size: shape.panelBytes)
        var view = shape.view
        var engine = context?.engine ?? ComputeContext.serialEngine
        let chunk = shape.chunk(bytesPerInput: 1)
        values.withUnsafeBytes { source in
            scales.withUnsafeBufferPointer { scales in
                guard let base = source.baseAddress, let scale = scales.baseAddress else { return }
                for first in stride(from: 0, to: outputs, by: chunk) {
                    let count = min(chunk, outputs - first)
                    let start = base + first * inputs
                    pharos_pack_quantized(
                        &engine, &view, panels.base, start.assumingMemoryBound(to: Int8.self),
                        scale + first * groups, first, count)
                    if mapping != nil { pharos_release_pages(start, count * inputs) }
                }
            }
        }
        self.init(shape, bias: bias, storage: .packed(panels))
    }
}
