/// The counts and sizes of a context cache, from which follows every tensor and its place.
public struct ContextCacheShape: Sendable, Hashable {
    public struct Window: Sendable, Hashable {
        public let beacons: Int
        public let ratio: Int

        public init(beacons: Int, ratio: Int) {
            self.beacons = beacons
            self.ratio = ratio
        }
    }

    public struct Segment: Sendable, Hashable {
        public let sinkEntries: Int
        public let windows: [Window]
        public let rawEntries: Int

        public init(sinkEntries: Int, windows: [Window], rawEntries: Int) {
            self.sinkEntries = sinkEntries
            self.windows = windows
            self.rawEntries = rawEntries
        }
    }

    /// The most segments, and the most windows, of one cache.
    public static let maximumCount = 1 << 20
    /// The most layers, heads, channels, or entries of one block.
    public static let maximumSize = 1 << 24

    public let layers: Int
    public let kvHeads: Int
    public let headDim: Int
    public let keyEncoding: KeyValueEncoding
    public let valueEncoding: KeyValueEncoding
    public let segments: [Segment]

    public var windowCount: Int { segments.reduce(0) { $0 + $1.windows.count } }
    public var beaconCount: Int { segments.reduce(0) { $0 + $1.windows.reduce(0) { $0 + $1.beacons } } }

    /// Throws where a count is negative or too large, or the encodings do not go together.
    public init(
        layers: Int, kvHeads: Int, headDim: Int, keyEncoding: KeyValueEncoding,
        valueEncoding: KeyValueEncoding,
        segments: [Segment]
    ) throws {
        let sizes = 1...Self.maximumSize
        guard sizes.contains(layers), sizes.contains(kvHeads), sizes.contains(headDim) else {
            throw CacheStorageError(
                .value, "a cache of \(layers) layers, \(kvHeads) heads of \(headDim) is impossible")
        }
        let isInteger = keyEncoding.isInteger || valueEncoding.isInteger
        guard (keyEncoding == .f32) == (valueEncoding == .f32), !isInteger || headDim % 4 == 0 else {
            throw CacheStorageError(
                .value,
                "keys as \(keyEncoding.rawValue) and values as \(valueEncoding.rawValue) cannot be stored together for "
                    + "heads of \(headDim): f32 goes with f32, and integers need a multiple of 4")
        }
        guard segments.count <= Self.maximumCount else {
            throw CacheStorageError(.value, "\(segments.count) segments are too many")
        }
        var windows = 0
        for segment in segments {
            windows += segment.windows.count
            let counts =
                [segment.sinkEntries, segment.rawEntries]
                + segment.windows.flatMap { [$0.beacons, $0.ratio] }
            guard windows <= Self.maximumCount, counts.allSatisfy({ (0...Self.maximumSize).contains($0) })
            else {
                throw CacheStorageError(.value, "a segment has an impossible number of windows or entries")
            }
        }
        self.layers = layers
        self.kvHeads = kvHeads
        self.headDim = headDim
        self.keyEncoding = keyEncoding
        self.valueEncoding = valueEncoding
        self.segments = segments
    }

    /// The codec of the beacons.
    var codec: KeyValueCodec {
        KeyValueCodec(
            layers: layers, kvHeads: kvHeads, headDim: headDim, keyEncoding: keyEncoding,
            valueEncoding: valueEncoding)
    }

    /// The codec of sink and raw entries.
    var rawCodec: KeyValueCodec {
        KeyValueCodec(
            layers: layers, kvHeads: kvHeads, headDim: headDim, keyEncoding: keyEncoding.forRawEntries,
            valueEncoding: valueEncoding.forRawEntries)
    }
}
