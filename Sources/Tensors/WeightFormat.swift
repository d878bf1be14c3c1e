internal import CKernels

/// The number format that a model's matrices are multiplied in.
public enum WeightFormat: String, Sendable, Hashable, CaseIterable {
    case f32
    /// bf16 weights and activations, fp32 sums.
    case bf16
    /// Weights in [-127, 127] with one scale per row and group of inputs; activations quantized likewise on the way.
    case int8

    var type: pharos_type {
        switch self {
        case .f32: PHAROS_F32
        case .bf16: PHAROS_BF16
        case .int8: PHAROS_INT8
        }
    }
}
