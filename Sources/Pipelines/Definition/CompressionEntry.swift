/// How documents become context caches.
public struct CompressionEntry: Sendable, Hashable {
    /// How many raw tokens one beacon stands for.
    public var ratio: CompressionRatio
    /// The lower ratio of a second copy from which intervals that a search hits are answered; none when nil.
    public var fine: Int?
    /// After how many windows a fresh memory starts.
    public var segment: SegmentRule
    /// Raw tokens in a window; the model's own when nil.
    public var window: Int?
    /// The number format of the stored keys and values.
    public var values: ValueEncoding
    /// The zstd level of the stored caches.
    public var zstdLevel: Int

    /// Creates the settings that a pipeline file without `compression` has.
    public init() {
        self.ratio = .fixed(CompressionDefaults.ratio)
        self.segment = .windows(CompressionDefaults.segmentWindows)
        self.values = CompressionDefaults.values
        self.zstdLevel = CompressionDefaults.zstdLevel
    }
}
