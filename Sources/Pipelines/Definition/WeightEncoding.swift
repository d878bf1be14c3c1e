/// The number format that a model's matrices are multiplied in, spelled as in pipeline files.
public enum WeightEncoding: String, Sendable, Hashable, CaseIterable {
    /// 32-bit floats: exact, four bytes a weight.
    case f32
    /// bfloat16: two bytes a weight.
    case bf16
    /// 8-bit integers with a scale per row group: one byte a weight.
    case int8
}
