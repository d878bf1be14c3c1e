internal import CKernels
internal import COpenBLAS

/// fp32 matrix products on row-major memory; `stride` is the distance between rows.
enum MatrixProduct {
    typealias Source = UnsafePointer<Float>
    typealias Target = UnsafeMutablePointer<Float>

    /// Products run on the calling thread alone: the trainer's lanes own the cores.
    static func useOneThread() {
        pharos_blas_choose_core()
        openblas_set_num_threads(1)
    }

    /// `y[rows, outputs] (+)= x[rows, inputs] · w[outputs, inputs]ᵀ`.
    static func transposed(
        _ x: Source, _ xStride: Int, _ w: Source, _ wStride: Int, into y: Target, _ yStride: Int,
        rows: Int, inputs: Int, outputs: Int, adding: Bool
    ) {
        guard rows > 0, outputs > 0 else { return }
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(outputs), Int32(inputs), 1, x,
            Int32(xStride), w, Int32(wStride), adding ? 1 : 0, y, Int32(yStride))
    }

    /// `y[rows, outputs] (+)= x[rows, inner] · w[inner, outputs]`.
    static func plain(
        _ x: Source, _ xStride: Int, _ w: Source, _ wStride: Int, into y: Target, _ yStride: Int,
        rows: Int, inner: Int, outputs: Int, adding: Bool
    ) {
        guard rows > 0, outputs > 0 else { return }
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(outputs), Int32(inner), 1, x,
            Int32(xStride), w, Int32(wStride), adding ? 1 : 0, y, Int32(yStride))
    }

    /// `y[left, right] += x[rows, left]ᵀ · z[rows, right]`: the gradient of weights.
    static func addOuter(
        _ x: Source, _ xStride: Int, _ z: Source, _ zStride: Int, into y: Target, _ yStride: Int,
        rows: Int, left: Int, right: Int
    ) {
        guard rows > 0 else { return }
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, Int32(left), Int32(right), Int32(rows), 1, x,
            Int32(xStride), z, Int32(zStride), 1, y, Int32(yStride))
    }
}
