import CacheStorage
import SystemPackage

/// A small deterministic generator.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 31)) &* 0x9E37_79B9_7F4A_7C15
    }
}

/// A made-up document's cache, of any size, with the same values for the same windows.
struct CacheExample {
    var layers = 2
    var kvHeads = 2
    var headDim = 8
    var keys = KeyValueEncoding.f16
    var values = KeyValueEncoding.f16
    var text = "text-1"
    var windowsPerSegment = [3, 2]
    var beacons = 4
    var sink = 1
    var raw = 5
    var weights = "weights-1"

    var identity: CacheIdentity {
        CacheIdentity(
            weights: weights, beaconParameters: "beacon-1", tokenizer: "tokenizer-1",
            configuration: "configuration-1",
            weightFormat: "f32", windowSize: 32, stride: 32, placement: "interleave",
            attention: "fullCoverage",
            attendPrevious: true, sinkSize: sink, ratios: "fixed 8", segmentRule: "3 windows",
            promptHead: "head-1",
            normaliser: "1", text: text, keyEncoding: keys, valueEncoding: values)
    }

    var layout: ContextCacheLayout {
        var token = 0
        let segments = windowsPerSegment.enumerated().map { number, count in
            let start = token
            let windows = (0..<count).map { _ in
                CacheWindow(
                    ratio: 8,
                    beacons: (0..<beacons).map { _ in
                        defer { token += 8 }
                        return CacheInterval(tokens: token..<token + 8, bytes: token * 4..<(token + 8) * 4)
                    })
            }
            let entries = (0..<raw).map { _ in
                defer { token += 1 }
                return CacheSegment.RawEntry(
                    isBeacon: token % 3 == 0,
                    interval: CacheInterval(tokens: token..<token + 1, bytes: token * 4..<(token + 1) * 4))
            }
            return CacheSegment(
                sinkEntries: number == 0 ? sink : 0, windows: windows, raw: entries, tokens: start..<token,
                bytes: start * 4..<token * 4)
        }
        return ContextCacheLayout(
            layers: layers, kvHeads: kvHeads, headDim: headDim, keyEncoding: keys, valueEncoding: values,
            segments: segments)
    }

    /// What a model would have computed for `item`.
    func block(_ item: CacheItem) throws -> KeyValueBlock {
        let (seed, entries): (UInt64, Int) =
            switch item {
            case .sink(let segment): (UInt64(1000 + segment), sink)
            case .window(let number): (UInt64(number), beacons)
            case .raw(let segment): (UInt64(2000 + segment), raw)
            }
        var random = SeededRandom(seed)
        let count = layers * entries * kvHeads * headDim
        let keys = (0..<count).map { _ in Float.random(in: -4...4, using: &random) }
        let values = (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
        return KeyValueBlock(
            layers: layers, entries: entries, kvHeads: kvHeads, headDim: headDim, keys: keys, values: values)
    }

    /// Writes the whole cache into `directory`, under its identity.
    @discardableResult
    func write(in directory: FilePath) throws -> CacheSummary {
        let writer = try ContextCacheWriter(
            directory.appending(identity.digest + ".kv.zst"), identity: identity, layout: layout)
        for item in writer.items { try writer.append(block(item), for: item) }
        return try writer.finish()
    }
}
