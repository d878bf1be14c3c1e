public import BeaconModel

/// A document, or some segments or windows of one, as restored from its cache and ready to be laid into a memory.
public struct ContextPart: Sendable {
    /// What an unfinished last window holds: raw entries and the beacons already among them.
    public struct Tail: Sendable {
        public var block: MemoryBlock
        public var kinds: [EntryKind]
        public var intervals: [Interval]
        /// Raw tokens since the last interleaved beacon.
        public var remainder: Int
        public var ratio: Int?

        public init(
            block: MemoryBlock, kinds: [EntryKind], intervals: [Interval], remainder: Int, ratio: Int?
        ) {
            self.block = block
            self.kinds = kinds
            self.intervals = intervals
            self.remainder = remainder
            self.ratio = ratio
        }
    }

    /// The document's id within its collection.
    public var document: String
    public var sink: MemoryBlock?
    /// Condensed entries in order, decoded when they are laid.
    public var entries: [StoredEntries]
    /// What each condensed entry stands for.
    public var intervals: [Interval]
    public var tail: Tail?
    /// Tokens that went through the model for this part, the head's included.
    public var tokens: Int

    public init(
        document: String, sink: MemoryBlock?, entries: [StoredEntries], intervals: [Interval], tail: Tail?,
        tokens: Int
    ) {
        precondition(entries.reduce(0) { $0 + $1.count } == intervals.count, "every entry has an interval")
        self.document = document
        self.sink = sink
        self.entries = entries
        self.intervals = intervals
        self.tail = tail
        self.tokens = tokens
    }

    /// Memory entries the part takes up, its sink not counted.
    public var entryCount: Int { intervals.count + (tail?.intervals.count ?? 0) }

    /// Lays another part of the same document, of the same model, behind this one; its sink and tail are left out.
    public mutating func append(_ other: ContextPart) {
        entries += other.entries
        intervals += other.intervals
        tokens += other.tokens
    }
}
