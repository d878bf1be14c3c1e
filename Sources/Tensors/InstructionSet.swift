internal import CKernels

/// A family of CPU instructions that the kernels are written for.
public enum InstructionSet: String, Sendable, Hashable, CaseIterable {
    /// Whatever every CPU of this architecture has.
    case scalar
    /// AVX2 with FMA and F16C.
    case avx2
    /// AVX-512 with VNNI, and with BF16 where the CPU has it.
    case avx512

    /// Whether this CPU has it.
    public var isAvailable: Bool { kernels != nil }

    /// Those that this CPU has, slowest first.
    public static var available: [InstructionSet] { allCases.filter(\.isAvailable) }

    var kernels: OpaquePointer? {
        switch self {
        case .scalar: pharos_kernels_for(PHAROS_SCALAR)
        case .avx2: pharos_kernels_for(PHAROS_AVX2)
        case .avx512: pharos_kernels_for(PHAROS_AVX512)
        }
    }

    init(kernels: OpaquePointer) {
        self = InstructionSet(rawValue: String(cString: pharos_kernels_name(kernels))) ?? .scalar
    }
}
