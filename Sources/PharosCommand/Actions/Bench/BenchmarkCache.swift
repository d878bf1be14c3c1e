import BeaconModel
import CacheStorage
import FileAccess
import Foundation
import SystemPackage
import Tensors

/// A stored cache of a made-up document: the right shape and encoding, random keys and values.
///
/// Restoring takes as long as for a real one, and no model need run to make it.
struct BenchmarkCache {
    let path: FilePath
    let identity: CacheIdentity
    /// Tokens that the cache stands for.
    let tokens: Int
    let byteCount: Int

    /// Writes the cache into `directory`.
    ///
    /// - Parameter tokens: of the document; only its full windows are stored.
    init(
        in directory: FilePath, tokens: Int, model: ModelConfiguration, settings: BeaconConfiguration,
        ratio: Int,
        encoding: KeyValueEncoding
    ) throws {
        let window = settings.windowSize
        let beacons = window / ratio
        let windows = (0..<tokens / window).map { number in
            CacheWindow(
                ratio: ratio,
                beacons: (0..<beacons).map { beacon in
                    let start = number * window + beacon * ratio
                    return CacheInterval(
                        tokens: start..<start + ratio, bytes: start * 4..<(start + ratio) * 4)
                })
        }
        let stored = windows.count * window
        let layout = ContextCacheLayout(
            layers: model.layers, kvHeads: model.kvHeads, headDim: model.headDim, keyEncoding: encoding,
            valueEncoding: encoding,
            segments: [CacheSegment(windows: windows, tokens: 0..<stored, bytes: 0..<stored * 4)])
        identity = try CacheIdentity(fields: [
            .init(name: "benchmark", value: "\(tokens) at \(ratio)"),
            .init(name: CacheIdentity.textField, value: ""),
        ])
        path = directory.appending(identity.digest)
        let writer = try ContextCacheWriter(path, identity: identity, layout: layout, level: 1)
        var generator = SplitMix64(seed: 7)
        for number in windows.indices {
            let block = Self.random(model, entries: beacons, &generator)
            _ = try writer.append(
                KeyValueBlock(
                    layers: block.layers, entries: block.entries, kvHeads: block.kvHeads,
                    headDim: block.headDim,
                    keys: block.keys, values: block.values), for: .window(number))
        }
        _ = try writer.finish()
        self.tokens = stored
        byteCount = try ContextCacheReader(path, expected: identity).byteCount
    }

    /// Random keys and values of about unit size.
    static func random(_ model: ModelConfiguration, entries: Int, _ generator: inout SplitMix64)
        -> MemoryBlock
    {
        let count = model.layers * entries * model.kvHeads * model.headDim
        // A sum of uniform numbers: near enough to the bell that real values follow for zstd to do its work.
        let values = (0..<count).map { _ in
            Float(generator.unit() + generator.unit() + generator.unit() - 1.5)
        }
        return MemoryBlock(
            layers: model.layers, entries: entries, kvHeads: model.kvHeads, headDim: model.headDim,
            keys: values,
            values: values)
    }
}
