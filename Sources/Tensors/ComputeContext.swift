internal import COpenBLAS

/// What operations run with: the number of threads and, through it, the worker pool that owns the cores.
public final class ComputeContext: Sendable {
    public let threads: Int

    public init(threads: Int) {
        precondition(threads > 0, "at least one thread computes")
        self.threads = threads
        openblas_set_num_threads(Int32(threads))
    }
}
