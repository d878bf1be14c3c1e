public import BeaconModel
public import CacheStorage

/// Turns stored caches back into parts of a memory; runs no model.
public struct ContextRestorer: Sendable {
    /// The beacon settings that caches were made with.
    public let settings: BeaconConfiguration
    /// Tokens of the prompt's head, which every segment begins with.
    public let headCount: Int
    /// The model's context length in tokens.
    public let contextLength: Double

    public init(settings: BeaconConfiguration, headCount: Int, contextLength: Double) {
        self.settings = settings
        self.headCount = headCount
        self.contextLength = contextLength
    }

    /// Restores caches that the recipe made.
    public init(_ recipe: ContextRecipe) {
        self.init(
            settings: recipe.settings, headCount: recipe.loaded.head.count,
            contextLength: recipe.loaded.model.configuration.contextLength)
    }

    /// A whole document.
    public func document(_ id: String, _ cache: ContextCacheReader) throws -> [ContextPart] {
        let layout = try cache.layout()
        return try segments(id, cache, layout, Array(layout.segments.indices))
    }

    /// Some segments of a document, in the order given.
    public func segments(
        _ id: String, _ cache: ContextCacheReader, _ layout: ContextCacheLayout, _ numbers: [Int]
    ) throws -> [ContextPart] {
        var firsts: [Int] = []
        var count = 0
        for segment in layout.segments {
            firsts.append(count)
            count += segment.windows.count
        }
        return try numbers.map { number in
            let windows = layout.segments[number].windows
            let sink = try sink(cache, layout, segment: number)
            var part = try part(id, cache, windows, from: firsts[number], sink: sink)
            (part.tail, part.tokens) = try rest(cache, layout, number)
            return part
        }
    }

    /// What a segment has beside its windows, and how many tokens all of it stands for.
    public func rest(
        _ cache: ContextCacheReader, _ layout: ContextCacheLayout, _ number: Int
    ) throws -> (tail: ContextPart.Tail?, tokens: Int) {
        let segment = layout.segments[number]
        return (
            segment.raw.isEmpty ? nil : try tail(cache, segment, number: number),
            segment.tokens.count + headCount
        )
    }

    /// Some consecutive windows of one segment, without the rest of it.
    public func windows(
        _ id: String, _ cache: ContextCacheReader, _ layout: ContextCacheLayout, _ range: Range<Int>
    ) throws -> ContextPart {
        let windows = Array(layout.segments.flatMap(\.windows)[range])
        var ends = 0
        let number = layout.segments.firstIndex { segment in
            ends += segment.windows.count
            return range.lowerBound < ends
        }
        let sink = try sink(cache, layout, segment: number ?? 0)
        return try part(id, cache, windows, from: range.lowerBound, sink: sink)
    }

    /// The sink of a segment: its own, or that of the segment before it which stores one for all.
    private func sink(
        _ cache: ContextCacheReader, _ layout: ContextCacheLayout, segment: Int
    ) throws -> MemoryBlock? {
        let owner = layout.segments[...segment].lastIndex { $0.sinkEntries > 0 }
        return try owner.map { MemoryBlock(try cache.block(.sink(segment: $0))) }
    }

    /// Windows that follow each other, the first being number `first` of the cache.
    private func part(
        _ id: String, _ cache: ContextCacheReader, _ windows: [CacheWindow], from first: Int,
        sink: MemoryBlock?
    ) throws -> ContextPart {
        let entries = try cache.frames(ofWindows: first..<first + windows.count).map { range in
            let own = windows[range.lowerBound - first..<range.upperBound - first]
            return Self.entries(of: cache, windows: range, own.map(\.beacons.count))
        }
        let intervals = windows.flatMap { window in
            window.beacons.map { Interval(tokens: $0.tokens, bytes: $0.bytes) }
        }
        let tokens = intervals.reduce(0) { $0 + $1.tokens.count }
        return ContextPart(
            document: id, sink: sink, entries: entries, intervals: intervals, tail: nil, tokens: tokens)
    }

    private static func entries(
        of cache: ContextCacheReader, windows: Range<Int>, _ beacons: [Int]
    ) -> StoredEntries {
        var firsts: [Int] = []
        var count = 0
        for each in beacons {
            firsts.append(count)
            count += each
        }
        return StoredEntries(count: count) { [firsts] body in
            try cache.forEachLayer(ofWindows: windows) { window, layer, keys, values in
                try body(layer, firsts[window - windows.lowerBound], keys, values)
            }
        }
    }

    private func tail(
        _ cache: ContextCacheReader, _ segment: CacheSegment, number: Int
    ) throws -> ContextPart.Tail {
        let block = MemoryBlock(try cache.block(.raw(segment: number)))
        // Where the reading stopped follows from lengths alone.
        var planner = WindowPlanner(settings, contextLength: contextLength)
        try planner.append(headCount + segment.tokens.count)
        while try planner.next() != nil {}
        return ContextPart.Tail(
            block: block, kinds: segment.raw.map { $0.isBeacon ? .beacon : .raw },
            intervals: segment.raw.map { Interval(tokens: $0.interval.tokens, bytes: $0.interval.bytes) },
            remainder: planner.remainder, ratio: planner.openRatio)
    }
}
