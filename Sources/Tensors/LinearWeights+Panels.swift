internal import CKernels

/// Packed weights as bytes, so that a file can hold them ready to multiply with.
///
/// Panels follow one another, each of 16 outputs (the last completed with zeros). A panel is a row of 16 words for
/// every word of inputs, one word per output: a word is one f32, two bf16 or four int8 inputs, little-endian, the
/// first input lowest, absent inputs zero. int8 has an offset of 128, and before every group's words 16 f32 scales. The layout
/// is the same for all instruction sets.
extension LinearWeights {
    /// Bytes of the panels of such weights.
    public static func panelBytes(
        outputs: Int, inputs: Int, format: WeightFormat, groupSize: Int = QuantizedRows.defaultGroupSize
    ) -> Int {
        LinearShape(outputs: outputs, inputs: inputs, format: format, groupSize: groupSize).panelBytes
    }

    /// Calls `body` with the panels; nil where the weights are used as rows.
    public func withPanels<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result? {
        guard let panels else { return nil }
        let bytes = UnsafeRawBufferPointer(start: panels, count: shape.panelBytes)
        return try body(bytes.bytes)
    }

    /// Weights whose panels were written before.
    ///
    /// - Parameters:
    ///   - panels: `panelBytes` bytes, best at a multiple of 64.
    ///   - mapping: the object that keeps a read-only file mapping of `panels` alive; the weights are used there.
    ///     Nil: `panels` is other memory, and copied.
    public convenience init(
        outputs: Int, inputs: Int, panels: RawSpan, mapping: AnyObject?, bias: [Float]? = nil,
        format: WeightFormat, groupSize: Int = QuantizedRows.defaultGroupSize
    ) {
        let shape = LinearShape(outputs: outputs, inputs: inputs, format: format, groupSize: groupSize)
        precondition(panels.byteCount == shape.panelBytes, "panels have another size")
        if let mapping, let base = panels.withUnsafeBytes({ $0.baseAddress }) {
            self.init(shape, bias: bias, storage: .mappedPanels(base, mapping))
        } else {
            let copy = AlignedBuffer(size: shape.panelBytes)
            panels.withUnsafeBytes { source in
                if let base = source.baseAddress { copy.base.copyMemory(from: base, byteCount: source.count) }
            }
            self.init(shape, bias: bias, storage: .packed(copy))
        }
    }
}
