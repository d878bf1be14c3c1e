/// Entries of the memory, by part; every layer holds the same number.
public struct MemoryCounts: Sendable, Hashable {
    public var sink = 0
    public var beacon = 0
    public var raw = 0

    public init(sink: Int = 0, beacon: Int = 0, raw: Int = 0) {
        self.sink = sink
        self.beacon = beacon
        self.raw = raw
    }

    public var total: Int { sink + beacon + raw }
}

/// One forward pass over a window or a piece of one (reference §4).
public struct WindowStep: Sendable, Hashable {
    /// What happens to the memory after the pass.
    public enum Ending: Sendable, Hashable {
        /// The window stays open: everything new joins the raw memory.
        case open
        /// The window is full: its beacons join the beacon memory, its raw activations go.
        case condense
        /// The window is full and its ratio is 0: its first entries, as many as it has raw tokens, join the
        /// beacon memory.
        case keepRaw
        /// The tokens skipped in front become the sink.
        case becomeSink
    }

    /// First raw token of the window.
    public var windowStart: Int
    /// Raw tokens that go in.
    public var raw: Range<Int>
    /// First raw token of the window after this pass.
    public var nextWindowStart: Int
    public var ending: Ending
    /// The window's compression ratio, where one was chosen.
    public var ratio: Int?
    /// Places of the beacon tokens within the pass's input, ascending.
    public var beaconOffsets: [Int]
    public var memoryBefore: MemoryCounts
    public var remainderBefore: Int
    public var remainderAfter: Int

    /// Raw tokens and beacons that go in.
    public var inputCount: Int { raw.count + beaconOffsets.count }

    /// Whether the window is complete after this pass.
    public var closesWindow: Bool { ending != .open }
}
