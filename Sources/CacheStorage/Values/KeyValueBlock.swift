/// Keys and values of some entries in every layer: a window's beacons, a sink, or the raw entries of an open window.
public struct KeyValueBlock: Sendable, Hashable {
    public let layers: Int
    /// Beacons or raw entries.
    public let entries: Int
    public let kvHeads: Int
    public let headDim: Int
    /// Keys before RoPE, `[layers, entries, kvHeads, headDim]`.
    public var keys: [Float]
    /// Values, `[layers, entries, kvHeads, headDim]`.
    public var values: [Float]

    /// - Precondition: both arrays have `layers * entries * kvHeads * headDim` elements.
    public init(layers: Int, entries: Int, kvHeads: Int, headDim: Int, keys: [Float], values: [Float]) {
        precondition(keys.count == layers * entries * kvHeads * headDim && values.count == keys.count)
        self.layers = layers
        self.entries = entries
        self.kvHeads = kvHeads
        self.headDim = headDim
        self.keys = keys
        self.values = values
    }
}
