import Safetensors

/// Every tensor of a cache, its item, and its frame; follows from the shape alone, for writer and reader alike.
///
/// The payload is the index (intervals and segments), then segment after segment its sink, windows and raw entries,
/// then the kinds of the raw entries. Index and kinds have a frame each; items share a frame until it holds
/// ``frameByteCount``. So the frames of a document's first windows do not depend on how it goes on.
struct ContextCachePlan: Sendable {
    /// One item and its place in the payload.
    struct Part: Sendable {
        let item: CacheItem
        let entries: Int
        let codec: KeyValueCodec
        let bytes: Range<Int>
    }

    /// One frame and what it holds.
    struct Frame: Sendable {
        /// Its content's place in the payload.
        let bytes: Range<Int>
        /// The parts in it; empty for the index and the kinds.
        let parts: Range<Int>
    }

    /// Items are added to a frame until it holds this many bytes.
    static let frameByteCount = 256 << 10

    /// The largest content of a frame, above what one window of the largest models takes.
    static let maximumFrameByteCount = 1 << 30
    /// The largest header, which names every tensor and frame.
    static let maximumHeaderByteCount = 100_000_000
    /// The largest index, enough for eight million beacons.
    static let maximumIndexByteCount = 1 << 28

    let shape: ContextCacheShape
    let entries: [SafetensorsWriter.Entry]
    let parts: [Part]
    /// All frames but the header's.
    let frames: [Frame]
    let payloadByteCount: Int

    private let placeOfItem: [CacheItem: Int]

    init(_ shape: ContextCacheShape) throws {
        var entries: [SafetensorsWriter.Entry] = []
        var end = 0
        func add(_ new: [SafetensorsWriter.Entry]) throws -> Range<Int> {
            let start = end
            for entry in new {
                guard let count = SafetensorsTensor.byteCount(type: entry.type, shape: entry.shape),
                    case (let sum, let overflow) = end.addingReportingOverflow(count), !overflow
                else { throw CacheStorageError(.value, "the tensor \(entry.name) is too large") }
                end = sum
            }
            entries += new
            return start..<end
        }

        let beacons = shape.segments.reduce(0) { $0 + $1.windows.reduce(0) { $0 + $1.beacons } }
        var index: [SafetensorsWriter.Entry] = [
            .init("intervals", .i64, [beacons, 4]), .init("segments", .i64, [shape.segments.count, 6]),
        ]
        for (number, segment) in shape.segments.enumerated() where segment.rawEntries > 0 {
            index.append(
                .init(Self.rawName(number, in: shape) + ".intervals", .i64, [segment.rawEntries, 4]))
        }
        var frames = [Frame(bytes: try add(index), parts: 0..<0)]

        var parts: [Part] = []
        var window = 0
        func addPart(_ item: CacheItem, _ prefix: String, _ count: Int, _ codec: KeyValueCodec) throws {
            let bytes = try add(codec.tensors(prefix, entries: count))
            parts.append(Part(item: item, entries: count, codec: codec, bytes: bytes))
        }
        for (number, segment) in shape.segments.enumerated() {
            if segment.sinkEntries > 0 {
                let name = number == 0 ? "sink" : "segment.\(number).sink"
                try addPart(.sink(segment: number), name, segment.sinkEntries, shape.rawCodec)
            }
            for size in segment.windows {
                try addPart(.window(window), "window.\(window)", size.beacons, shape.codec)
                window += 1
            }
            if segment.rawEntries > 0 {
                let name = Self.rawName(number, in: shape)
                try addPart(.raw(segment: number), name, segment.rawEntries, shape.rawCodec)
            }
        }
        frames += Self.grouped(parts)

        var kinds: [SafetensorsWriter.Entry] = []
        for (number, segment) in shape.segments.enumerated() where segment.rawEntries > 0 {
            kinds.append(.init(Self.rawName(number, in: shape) + ".kind", .u8, [segment.rawEntries]))
        }
        if !kinds.isEmpty { frames.append(Frame(bytes: try add(kinds), parts: parts.count..<parts.count)) }

        // At least what they take as JSON, so that a cache which cannot be finished is not begun.
        let names = entries.reduce(0) { $0 + $1.name.utf8.count + 130 }
        guard names + frames.count * 70 + 65_536 <= Self.maximumHeaderByteCount else {
            throw CacheStorageError(
                .value,
                "a cache of \(shape.windowCount) windows in \(entries.count) tensors is too large for one file"
            )
        }
        for (place, frame) in frames.enumerated() {
            let limit = place == 0 ? Self.maximumIndexByteCount : Self.maximumFrameByteCount
            guard frame.bytes.count <= limit else {
                throw CacheStorageError(
                    .value,
                    "frame \(place + 1) would take \(frame.bytes.count) bytes; at most \(limit) are stored")
            }
        }
        self.shape = shape
        self.entries = entries
        self.parts = parts
        self.frames = frames
        payloadByteCount = end
        placeOfItem = Dictionary(
            parts.enumerated().map { ($1.item, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The most tensors that a cache of these segments can have, to be compared before a plan is made.
    static func tensorCount(_ shape: ContextCacheShape) -> Int {
        let perBlock = 2 + (shape.keyEncoding.isInteger ? 1 : 0) + (shape.valueEncoding.isInteger ? 1 : 0)
        return shape.segments.reduce(2) { sum, segment in
            sum + segment.windows.count * perBlock + (segment.sinkEntries > 0 ? 2 : 0)
                + (segment.rawEntries > 0 ? 4 : 0)
        }
    }

    /// The place of `item` among ``parts``.
    func part(of item: CacheItem) throws -> Int {
        guard let place = placeOfItem[item] else {
            throw CacheStorageError(.missing, "the cache has no \(item); it has \(shape.windowCount) windows")
        }
        return place
    }

    /// The frame that holds part `place`.
    func frame(ofPart place: Int) -> Int {
        var low = 0
        var high = frames.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if frames[middle].parts.lowerBound <= place { low = middle } else { high = middle }
        }
        return low
    }

    /// The name of the raw tensors of a segment: `raw` for the last one.
    private static func rawName(_ number: Int, in shape: ContextCacheShape) -> String {
        number == shape.segments.count - 1 ? "raw" : "segment.\(number).raw"
    }

    private static func grouped(_ parts: [Part]) -> [Frame] {
        var frames: [Frame] = []
        var first = 0
        for (place, part) in parts.enumerated() {
            let start = parts[first].bytes.lowerBound
            if part.bytes.upperBound - start >= frameByteCount || place == parts.count - 1 {
                frames.append(Frame(bytes: start..<part.bytes.upperBound, parts: first..<place + 1))
                first = place + 1
            }
        }
        return frames
    }
}
