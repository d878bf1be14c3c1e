/// A run of windows compressed with a fresh memory, and the window it leaves open.
public struct CacheSegment: Sendable, Hashable {
    /// An entry of the open window.
    public struct RawEntry: Sendable, Hashable {
        /// Whether the entry is a beacon already put between the raw tokens.
        public var isBeacon: Bool
        public var interval: CacheInterval

        public init(isBeacon: Bool, interval: CacheInterval) {
            self.isBeacon = isBeacon
            self.interval = interval
        }
    }

    /// Entries of the attention sink that are stored with this segment. Segments that share the sink of the first
    /// one store none.
    public var sinkEntries: Int
    public var windows: [CacheWindow]
    /// The entries of the unfinished last window.
    public var raw: [RawEntry]
    /// The segment's tokens of the document.
    public var tokens: Range<Int>
    /// The segment's bytes of the document's text.
    public var bytes: Range<Int>

    public init(
        sinkEntries: Int = 0, windows: [CacheWindow], raw: [RawEntry] = [], tokens: Range<Int>,
        bytes: Range<Int>
    ) {
        self.sinkEntries = sinkEntries
        self.windows = windows
        self.raw = raw
        self.tokens = tokens
        self.bytes = bytes
    }
}
