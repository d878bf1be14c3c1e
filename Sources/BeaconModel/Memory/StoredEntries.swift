/// Memory entries that are decoded when they are laid into a memory, layer by layer, straight to their place.
public struct StoredEntries: Sendable {
    /// How many entries they are.
    public let count: Int
    /// Calls its argument with each layer of each run of entries: the layer, the number of the run's first entry,
    /// keys before RoPE and values, both `[entries, kvHeads, headDim]`.
    public let forEachLayer: @Sendable (_ body: (Int, Int, [Float], [Float]) throws -> Void) throws -> Void

    public init(
        count: Int,
        forEachLayer: @escaping @Sendable (_ body: (Int, Int, [Float], [Float]) throws -> Void) throws -> Void
    ) {
        self.count = count
        self.forEachLayer = forEachLayer
    }

    /// Entries that are at hand already.
    public init(_ block: MemoryBlock) {
        self.init(count: block.entries) { body in
            let width = block.entries * block.kvHeads * block.headDim
            for layer in 0..<block.layers {
                let rows = layer * width..<(layer + 1) * width
                try body(layer, 0, Array(block.keys[rows]), Array(block.values[rows]))
            }
        }
    }
}
