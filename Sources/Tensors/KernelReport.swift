internal import CKernels
internal import COpenBLAS

/// Which kernels a context computes with, for people who ask why something is as fast as it is.
public struct KernelReport: Sendable, Hashable {
    /// The family of instructions in use.
    public let instructionSet: InstructionSet
    /// Those that this CPU has.
    public let available: [InstructionSet]
    /// The instruction that multiplies each format, such as "vpdpbusd zmm".
    public let products: [WeightFormat: String]
    /// Threads of the context's pool, the caller's included.
    public let threads: Int
    /// The core that OpenBLAS, which training multiplies with, chose its kernels for.
    public let blasCore: String
    /// OpenBLAS' version and build options.
    public let blasConfiguration: String

    public init(_ context: ComputeContext) {
        instructionSet = context.instructionSet
        available = InstructionSet.available
        products = [
            .f32: String(cString: pharos_kernels_f32_name(context.kernels)),
            .bf16: String(cString: pharos_kernels_bf16_name(context.kernels)),
            .int8: String(cString: pharos_kernels_int8_name(context.kernels)),
        ]
        threads = context.threads
        blasCore = openblas_get_corename().map { String(cString: $0) } ?? "unknown"
        blasConfiguration = openblas_get_config().map { String(cString: $0) } ?? "unknown"
    }
}
