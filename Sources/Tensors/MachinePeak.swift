internal import CKernels

/// What one core and its memory give at most: what the speed of a product is a share of.
///
/// Measured by CPU time with loops that only multiply, or only read, so other work on the machine counts little.
public struct MachinePeak: Sendable, Hashable {
    /// Multiplications and additions per second of one core, in the instructions that the context's kernels use.
    public let operationsPerSecond: [WeightFormat: Double]
    /// Bytes per second that one thread reads from memory beyond the caches.
    public let bytesPerSecond: Double

    /// Measures for about `seconds` altogether.
    public init(_ context: ComputeContext, seconds: Double = 1) {
        let part = seconds / 4
        operationsPerSecond = [
            .f32: pharos_peak_f32(context.kernels, part),
            .bf16: pharos_peak_bf16(context.kernels, part),
            .int8: pharos_peak_int8(context.kernels, part),
        ]
        bytesPerSecond = pharos_peak_read(context.kernels, part)
    }
}
