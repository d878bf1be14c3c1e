/// Keys and values of some memory entries in all layers, keys before RoPE: what is stored and restored.
public struct MemoryBlock: Sendable, Hashable {
    public var layers: Int
    public var entries: Int
    public var kvHeads: Int
    public var headDim: Int
    /// `[layers, entries, kvHeads, headDim]`.
    public var keys: [Float]
    /// `[layers, entries, kvHeads, headDim]`.
    public var values: [Float]

    public init(
        layers: Int, entries: Int, kvHeads: Int, headDim: Int, keys: [Float], values: [Float]
    ) {
        let count = layers * entries * kvHeads * headDim
        precondition(keys.count == count && values.count == count, "values do not fill the block")
        self.layers = layers
        self.entries = entries
        self.kvHeads = kvHeads
        self.headDim = headDim
        self.keys = keys
        self.values = values
    }
}
