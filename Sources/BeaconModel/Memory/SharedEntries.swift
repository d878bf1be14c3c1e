import Tensors

/// The entries of a memory that nobody changes any more, for any number of memories to begin with, on any threads.
struct SharedEntries: Sendable {
    struct Layer: Sendable {
        /// Before RoPE, from entry `keyStart` on.
        var keys: SharedHeads
        /// Rotated to `positions`.
        var placed: SharedHeads
        var values: SharedHeads
    }

    let kvHeads: Int
    let headDim: Int
    let layers: [Layer]
    let counts: MemoryCounts
    let openKinds: [EntryKind]
    let origins: [Int32]
    let positions: [Int]
    let keyStart: Int

    /// Bytes set aside, however many memories begin with them.
    var byteCount: Int {
        layers.reduce(0) { $0 + $1.keys.byteCount + $1.placed.byteCount + $1.values.byteCount }
    }
}
