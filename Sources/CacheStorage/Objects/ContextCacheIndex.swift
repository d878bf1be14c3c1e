import Safetensors

/// The bytes of a cache's first and last payload frames: what each entry stands for.
struct ContextCacheIndex {
    /// The content of the index frame.
    static func indexBytes(_ layout: ContextCacheLayout) -> [UInt8] {
        var bytes = EncodedBytes()
        for segment in layout.segments {
            for window in segment.windows { bytes.append(window.beacons.flatMap { row($0) }) }
        }
        var window = 0
        for segment in layout.segments {
            bytes.append(
                [
                    window, window + segment.windows.count, segment.tokens.lowerBound,
                    segment.tokens.upperBound,
                    segment.bytes.lowerBound, segment.bytes.upperBound,
                ].map { Int64($0) })
            window += segment.windows.count
        }
        for segment in layout.segments { bytes.append(segment.raw.flatMap { row($0.interval) }) }
        return bytes.bytes
    }

    /// The content of the kinds frame; empty where no segment has raw entries.
    static func kindBytes(_ layout: ContextCacheLayout) -> [UInt8] {
        layout.segments.flatMap { $0.raw.map { $0.isBeacon ? 1 : 0 } }
    }

    /// The layout that the two frames describe; throws on spans that are impossible.
    static func layout(_ shape: ContextCacheShape, index: [UInt8], kinds: [UInt8]) throws
        -> ContextCacheLayout
    {
        var reader = EncodedReader(index[...])
        var intervals = try spans(reader.integers(shape.beaconCount * 4))[...]
        let rows = try reader.integers(shape.segments.count * 6)
        var kinds = kinds[...]
        var window = 0
        var segments: [CacheSegment] = []
        for (number, counts) in shape.segments.enumerated() {
            let row = Array(rows[number * 6..<number * 6 + 6])
            guard row[0] == window, row[1] == window + counts.windows.count else {
                throw CacheStorageError(
                    .damaged, "segment \(number) does not start where the one before it ends")
            }
            window = row[1]
            let windows = counts.windows.map { size in
                defer { intervals = intervals.dropFirst(size.beacons) }
                return CacheWindow(ratio: size.ratio, beacons: Array(intervals.prefix(size.beacons)))
            }
            let raw = try spans(reader.integers(counts.rawEntries * 4)).map { interval in
                guard let kind = kinds.popFirst(), kind <= 1 else {
                    throw CacheStorageError(.damaged, "a raw entry of segment \(number) has no valid kind")
                }
                return CacheSegment.RawEntry(isBeacon: kind == 1, interval: interval)
            }
            segments.append(
                CacheSegment(
                    sinkEntries: counts.sinkEntries, windows: windows, raw: raw,
                    tokens: try span(row[2], row[3]),
                    bytes: try span(row[4], row[5])))
        }
        return ContextCacheLayout(
            layers: shape.layers, kvHeads: shape.kvHeads, headDim: shape.headDim,
            keyEncoding: shape.keyEncoding,
            valueEncoding: shape.valueEncoding, segments: segments)
    }

    private static func row(_ interval: CacheInterval) -> [Int64] {
        [
            interval.tokens.lowerBound, interval.tokens.upperBound, interval.bytes.lowerBound,
            interval.bytes.upperBound,
        ].map { Int64($0) }
    }

    private static func spans(_ numbers: [Int]) throws -> [CacheInterval] {
        try stride(from: 0, to: numbers.count, by: 4).map { place in
            CacheInterval(
                tokens: try span(numbers[place], numbers[place + 1]),
                bytes: try span(numbers[place + 2], numbers[place + 3]))
        }
    }

    private static func span(_ start: Int, _ end: Int) throws -> Range<Int> {
        guard start >= 0, start <= end else {
            throw CacheStorageError(.damaged, "the span \(start)..<\(end) is impossible")
        }
        return start..<end
    }
}
