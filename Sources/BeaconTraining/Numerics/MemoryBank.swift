/// Keys (rotated) and values that stay visible to later segments, per layer, and their gradients.
///
/// Lives from the first segment of a step to the last: with activations recomputed it is all that is kept of
/// earlier windows.
struct MemoryBank {
    let capacity: Int
    let headStride: Int
    /// One `[kvHeads, capacity, headDim]` per layer.
    let keys: [UnsafeMutablePointer<Float>]
    let values: [UnsafeMutablePointer<Float>]
    let keyGradients: [UnsafeMutablePointer<Float>]
    let valueGradients: [UnsafeMutablePointer<Float>]

    init(capacity: Int, shape: ModelShape, gradients: Bool, arena: Arena) {
        self.capacity = capacity
        headStride = capacity * shape.headDim
        let size = shape.kvHeads * capacity * shape.headDim
        keys = (0..<shape.layers).map { _ in arena.floats(size) }
        values = (0..<shape.layers).map { _ in arena.floats(size) }
        keyGradients = gradients ? (0..<shape.layers).map { _ in arena.zeros(size) } : []
        valueGradients = gradients ? (0..<shape.layers).map { _ in arena.zeros(size) } : []
    }
}
