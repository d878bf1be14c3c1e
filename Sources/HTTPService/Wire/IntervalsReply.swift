import CacheStorage

/// What each memory entry of a document's cache stands for.
struct IntervalsReply: Encodable {
    struct Segment: Encodable {
        var bytes: [Int]
        var tokens: [Int]
        var windows: Int
        var entries: Int
        var raw: Int
    }

    struct Interval: Encodable {
        var segment: Int
        var kind: String
        var bytes: [Int]
        var tokens: [Int]
    }

    var document: String
    var textBytes: Int
    /// All intervals, of which `intervals` are some.
    var count: Int
    var segments: [Segment]
    var intervals: [Interval]

    private enum CodingKeys: String, CodingKey {
        case document, count, segments, intervals
        case textBytes = "text_bytes"
    }

    init(_ store: CacheStore, _ stored: StoredDocument, offset: Int, limit: Int) throws {
        document = stored.id
        textBytes = stored.textByteCount
        let layout = try stored.cache.map { try store.openCache(digest: $0).layout() }
        func pair(_ range: Range<Int>) -> [Int] { [range.lowerBound, range.upperBound] }
        segments = (layout?.segments ?? []).map { segment in
            Segment(
                bytes: pair(segment.bytes), tokens: pair(segment.tokens), windows: segment.windows.count,
                entries: segment.windows.reduce(0) { $0 + $1.beacons.count }, raw: segment.raw.count)
        }
        var all: [Interval] = []
        for (number, segment) in (layout?.segments ?? []).enumerated() {
            for beacon in segment.windows.flatMap(\.beacons) {
                all.append(
                    Interval(
                        segment: number, kind: "beacon", bytes: pair(beacon.bytes),
                        tokens: pair(beacon.tokens)))
            }
            for entry in segment.raw {
                all.append(
                    Interval(
                        segment: number, kind: entry.isBeacon ? "beacon" : "raw",
                        bytes: pair(entry.interval.bytes), tokens: pair(entry.interval.tokens)))
            }
        }
        count = all.count
        intervals = Array(all.dropFirst(offset).prefix(limit))
    }
}
