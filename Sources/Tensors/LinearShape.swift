internal import CKernels

/// Size and format of a linear map's weights.
struct LinearShape {
    let outputs: Int
    let inputs: Int
    let format: WeightFormat
    let groupSize: Int

    init(outputs: Int, inputs: Int, format: WeightFormat, groupSize: Int) {
        precondition(outputs > 0 && inputs > 0, "impossible weights [\(outputs), \(inputs)]")
        QuantizedRows.check(groupSize: groupSize)
        self.outputs = outputs
        self.inputs = inputs
        self.format = format
        self.groupSize = groupSize
    }

    var view: pharos_weights {
        pharos_weights(
            format: format.type, outputs: outputs, inputs: inputs, group: groupSize, panels: nil, rows: nil,
            bias: nil)
    }

    /// Bytes of the weights in panels.
    var panelBytes: Int {
        var view = view
        return pharos_panels_size(&view)
    }

    /// Outputs to convert between two releases of a mapped file's pages: whole panels of some megabytes.
    func chunk(bytesPerInput: Int) -> Int {
        max((64 << 20) / (inputs * bytesPerInput * 16), 1) * 16
    }
}
