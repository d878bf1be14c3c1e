internal import CKernels

/// The number format that a checkpoint keeps weights in.
public enum WeightElement: String, Sendable, Hashable, CaseIterable {
    case f32
    case f16
    case bf16

    /// Bytes of a value.
    public var bytes: Int { self == .f32 ? 4 : 2 }

    var type: pharos_type {
        switch self {
        case .f32: PHAROS_F32
        case .f16: PHAROS_F16
        case .bf16: PHAROS_BF16
        }
    }
}
