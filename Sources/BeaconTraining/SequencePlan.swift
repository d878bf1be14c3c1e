/// One training sequence laid out for the layer-parallel pass: inputs, positions, targets, and who sees what.
///
/// Entries are inputs in order, raw tokens and beacons; a segment is a window (or the open end of a sequence,
/// or one of several alternative ends) whose entries see the `memory` retained entries and, causally or by a
/// mask, their own segment. A retained entry's key stands at the position of its place in the memory, in
/// every later segment alike, so its rotation is computed once.
public struct SequencePlan: Sendable, Hashable {
    /// A run of entries computed with one state of the memory.
    public struct Segment: Sendable, Hashable {
        public var entries: Range<Int>
        /// Places of the retained entries visible to it, all of earlier segments: everything so far, or less where
        /// a text was compressed with a fresh memory and laid beside others.
        public var memory: Range<Int>
        /// `[entries, entries]`, row-major, 1 = visible; nil = causal.
        public var mask: [UInt8]?

        public init(entries: Range<Int>, memory: Range<Int>, mask: [UInt8]? = nil) {
            self.entries = entries
            self.memory = memory
            self.mask = mask
        }
    }

    /// The id a beacon carries in `inputs`.
    public static let beacon: Int32 = -1

    /// Token ids; `beacon` for beacons.
    public var inputs: [Int32] = []
    /// Position of each entry.
    public var positions: [Int32] = []
    /// The token each entry is to predict; -1 = none.
    public var targets: [Int32] = []
    /// Weight of each entry's loss; 0 where there is no target.
    public var weights: [Float] = []
    public var segments: [Segment] = []
    /// Entries whose keys and values stay, in memory order: sink, then window by window.
    public var retained: [Int32] = []

    public init() {}

    /// Sum of the weights: what the loss is divided by.
    public var weight: Double { weights.reduce(0) { $0 + Double($1) } }

    /// Raw tokens.
    public var rawCount: Int { inputs.count { $0 != Self.beacon } }
}
