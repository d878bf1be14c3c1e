/// Rows `range` of an activation matrix, `[range, width]`.
struct RowBlock {
    let base: UnsafeMutablePointer<Float>
    let range: Range<Int>
    let width: Int

    init(_ range: Range<Int>, width: Int, arena: Arena, zero: Bool = false) {
        base = zero ? arena.zeros(range.count * width) : arena.floats(range.count * width)
        self.range = range
        self.width = width
    }

    /// The start of a row, which lies in `range` or at its end.
    func row(_ row: Int) -> UnsafeMutablePointer<Float> { base + (row - range.lowerBound) * width }

    /// Where row 0 would start: what kernels that take row numbers add to.
    var origin: UnsafeMutablePointer<Float> { base - range.lowerBound * width }
}
