internal import CKernels

/// The number format that keys and values are kept in.
public enum HeadStorage: String, Sendable, Hashable, CaseIterable {
    /// Exact; what conformance is measured with.
    case f32
    /// Half the memory and half the reading; values keep 11 bits of precision.
    case f16

    /// Bytes of a value.
    public var bytesPerValue: Int { self == .f32 ? 4 : 2 }

    var type: pharos_type { self == .f32 ? PHAROS_F32 : PHAROS_F16 }
}
