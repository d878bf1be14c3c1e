internal import CKernels

/// Rows of weights as int8 with scales, as `LinearWeights` multiplies them and a quantized checkpoint stores them.
///
/// `w ≈ scale · value`, values in [-127, 127], rounded to nearest; a scale is the largest magnitude of its group / 127.
public struct QuantizedRows: Sendable, Hashable {
    /// Inputs that share a scale, unless said otherwise.
    public static let defaultGroupSize = 128

    public let outputs: Int
    public let inputs: Int
    /// Inputs that share a scale: a power of two in 64...1024.
    public let groupSize: Int
    /// `[outputs, inputs]`.
    public let values: [Int8]
    /// `[outputs, ceil(inputs / groupSize)]`.
    public let scales: [Float]

    /// Rows read from a quantized checkpoint.
    public init(outputs: Int, inputs: Int, groupSize: Int, values: [Int8], scales: [Float]) {
        Self.check(groupSize: groupSize)
        precondition(values.count == outputs * inputs, "values do not fill [\(outputs), \(inputs)]")
        precondition(scales.count == outputs * Self.groups(inputs, groupSize), "a scale per row and group")
        self.outputs = outputs
        self.inputs = inputs
        self.groupSize = groupSize
        self.values = values
        self.scales = scales
    }

    /// Quantizes rows `[outputs, inputs]` of a checkpoint.
    public init(
        quantizing bytes: RawSpan, as element: WeightElement, outputs: Int, inputs: Int,
        groupSize: Int = defaultGroupSize, using context: ComputeContext
    ) {
        Self.check(groupSize: groupSize)
        precondition(
            bytes.byteCount == outputs * inputs * element.bytes, "bytes do not fill [\(outputs), \(inputs)]")
        var values = [Int8](repeating: 0, count: outputs * inputs)
        var scales = [Float](repeating: 0, count: outputs * Self.groups(inputs, groupSize))
        var engine = context.engine
        bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            pharos_quantize(&engine, base, element.type, outputs, inputs, groupSize, &values, &scales)
        }
        self.init(outputs: outputs, inputs: inputs, groupSize: groupSize, values: values, scales: scales)
    }

    static func groups(_ inputs: Int, _ groupSize: Int) -> Int { (inputs + groupSize - 1) / groupSize }

    /// Whether products can take groups of this size.
    public static func isValid(groupSize: Int) -> Bool {
        groupSize >= 64 && groupSize <= 1024 && groupSize & (groupSize - 1) == 0
    }

    static func check(groupSize: Int) {
        precondition(isValid(groupSize: groupSize), "group size \(groupSize) is no power of two in 64...1024")
    }
}
