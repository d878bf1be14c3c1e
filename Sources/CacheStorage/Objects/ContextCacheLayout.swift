/// All that is known of a context cache before its keys and values are computed.
public struct ContextCacheLayout: Sendable, Hashable {
    public var layers: Int
    public var kvHeads: Int
    public var headDim: Int
    public var keyEncoding: KeyValueEncoding
    public var valueEncoding: KeyValueEncoding
    public var segments: [CacheSegment]

    public init(
        layers: Int, kvHeads: Int, headDim: Int, keyEncoding: KeyValueEncoding,
        valueEncoding: KeyValueEncoding,
        segments: [CacheSegment]
    ) {
        self.layers = layers
        self.kvHeads = kvHeads
        self.headDim = headDim
        self.keyEncoding = keyEncoding
        self.valueEncoding = valueEncoding
        self.segments = segments
    }

    /// The counts alone; throws where the encodings and sizes cannot be stored.
    public func shape() throws -> ContextCacheShape {
        try ContextCacheShape(
            layers: layers, kvHeads: kvHeads, headDim: headDim, keyEncoding: keyEncoding,
            valueEncoding: valueEncoding,
            segments: segments.map { segment in
                ContextCacheShape.Segment(
                    sinkEntries: segment.sinkEntries,
                    windows: segment.windows.map { .init(beacons: $0.beacons.count, ratio: $0.ratio) },
                    rawEntries: segment.raw.count)
            })
    }

    /// Bytes of all tensors before compression: about what the file takes, or somewhat more.
    public func payloadByteCount() throws -> Int { try ContextCachePlan(shape()).payloadByteCount }

    /// The most bytes that the cache takes on disk while it is written: its journal and the file beside it.
    public func roomByteCount() throws -> Int {
        let plan = try ContextCachePlan(shape())
        let (double, overflow) = plan.payloadByteCount.multipliedReportingOverflow(by: 2)
        // Digests, tags and header lines take less than 1 KiB for a part; zstd adds less than one byte in 100.
        let (sum, isTooLarge) = double.addingReportingOverflow(
            plan.payloadByteCount / 100 + (plan.parts.count + 16) * 1024)
        guard !overflow, !isTooLarge else {
            throw CacheStorageError(.value, "the cache would have \(plan.payloadByteCount) bytes")
        }
        return sum
    }

    /// The intervals of the beacons of all windows in order.
    public var intervals: [CacheInterval] {
        segments.flatMap { $0.windows.flatMap { $0.beacons } }
    }
}
