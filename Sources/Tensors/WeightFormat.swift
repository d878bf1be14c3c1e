/// The number format that a model's matrices are multiplied in.
public enum WeightFormat: String, Sendable, Hashable, CaseIterable {
    case f32
    case bf16
    case int8
}
