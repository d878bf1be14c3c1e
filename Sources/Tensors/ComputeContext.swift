internal import CKernels
internal import COpenBLAS

/// What operations run with: the instruction set, and the worker pool that owns the cores.
///
/// Results are the same bytes for any number of threads. A context may be used from several threads at once: while
/// one of them has the workers, the others compute alone. Sequences that should share the cores fairly have
/// a context each.
public final class ComputeContext: Sendable {
    public let threads: Int
    /// The kernels in use.
    public let instructionSet: InstructionSet
    nonisolated(unsafe) let kernels: OpaquePointer
    nonisolated(unsafe) private let pool: OpaquePointer?

    /// - Parameters:
    ///   - threads: threads that compute, the caller's included.
    ///   - instructionSet: the kernels to use; by default the fastest this CPU has. One that it lacks is replaced
    ///     by the default.
    public convenience init(threads: Int, instructionSet: InstructionSet? = nil) {
        self.init(threads: threads, kernels: instructionSet.flatMap(\.kernels) ?? pharos_kernels_default())
    }

    init(threads: Int, kernels: OpaquePointer) {
        precondition(threads > 0, "at least one thread computes")
        self.threads = threads
        self.kernels = kernels
        self.instructionSet = InstructionSet(kernels: kernels)
        pool = threads > 1 ? pharos_pool_create(Int32(threads)) : nil
        openblas_set_num_threads(Int32(threads))
    }

    deinit { pharos_pool_destroy(pool) }

    /// Calls `body` with `0 ..< count`, each once, on the context's threads, and returns when all are done.
    ///
    /// - Parameter body: called from several threads at once; calls must not touch the same memory.
    public func forEach(_ count: Int, _ body: (Int) -> Void) {
        guard pool != nil, count > 1 else { return (0..<max(count, 0)).forEach(body) }
        withoutActuallyEscaping(body) { body in
            var work = Work(body: body)
            withUnsafeMutablePointer(to: &work) { pointer in
                pharos_pool_run(
                    pool, count,
                    { context, index in
                        context?.assumingMemoryBound(to: Work.self).pointee.body(index)
                    }, pointer)
            }
        }
    }

    private struct Work {
        var body: (Int) -> Void
    }

    var engine: pharos_engine {
        pharos_engine(kernels: kernels, pool: pool, threads: Int32(threads))
    }

    /// The default kernels on the calling thread.
    static var serialEngine: pharos_engine {
        pharos_engine(kernels: pharos_kernels_default(), pool: nil, threads: 1)
    }
}
