import BeaconModel
import CacheStorage
import ContextCaching
import Foundation
import SystemPackage
import Tensors

/// Times a model on synthetic tokens, so any checkpoint works, with or without a tokenizer.
struct Benchmark {
    let model: LanguageModel
    let context: ComputeContext
    var repetitions: Int
    /// Raw tokens per beacon of compressed documents.
    var ratio: Int
    var window: Int?

    /// Prefill of `length` tokens through the plain model.
    func prefill(_ length: Int) throws -> Measurement {
        try measure(.prefill, tokens: length, ratio: 0) {
            let sequence = BeaconSequence(model, isCompressing: false, context: context)
            return { try sequence.feed(tokens(length)) }
        }
    }

    /// A document of `length` tokens condensed window by window.
    func document(_ length: Int) throws -> Measurement {
        let settings = try settings()
        return try measure(.document, tokens: length, ratio: ratio) {
            let sequence = BeaconSequence(model, settings: settings, context: context)
            return { try sequence.feed(tokens(length), logits: .none) }
        }
    }

    /// `count` new tokens on a memory that stands for `depth` tokens.
    func decode(_ count: Int, depth: Int) throws -> Measurement {
        let settings = try settings()
        return try measure(.decode, tokens: count, depth: depth, ratio: depth == 0 ? 0 : ratio) {
            let sequence = BeaconSequence(model, settings: settings, isCompressing: false, context: context)
            if depth > 0 {
                let entries = depth / max(ratio, 1)
                sequence.memory.appendBeacons(
                    block(entries: entries), origins: [Int32](repeating: -1, count: entries))
                sequence.resume(consumed: depth, openTokens: 0, remainder: 0, ratio: nil)
            }
            try sequence.feed([1])
            return { for token in tokens(count) { try sequence.feed([token]) } }
        }
    }

    func settings() throws -> BeaconConfiguration {
        try CompressionSettings(ratio: .fixed(ratio), windowSize: window).settings(for: model.configuration)
    }

    func tokens(_ count: Int) -> [Int32] {
        var generator = SplitMix64(seed: UInt64(count))
        return (0..<count).map { _ in
            Int32(truncatingIfNeeded: generator.next() % UInt64(model.configuration.vocabularySize))
        }
    }

    /// Random keys and values of about unit size.
    func block(entries: Int) -> MemoryBlock {
        let configuration = model.configuration
        let count = configuration.layers * entries * configuration.kvHeads * configuration.headDim
        var generator = SplitMix64(seed: 7)
        let values = (0..<count).map { _ in Float(generator.unit() * 2 - 1) }
        return MemoryBlock(
            layers: configuration.layers, entries: entries, kvHeads: configuration.kvHeads,
            headDim: configuration.headDim, keys: values, values: values)
    }

    /// Prepares and times `repetitions` runs, after one that is not counted.
    func measure(
        _ work: Measurement.Work, tokens: Int, depth: Int = 0, ratio: Int,
        _ prepare: () throws -> () throws -> Void
    ) throws -> Measurement {
        let clock = ContinuousClock()
        var samples: [Double] = []
        var cpu: [Double] = []
        for repetition in 0...repetitions {
            let body = try prepare()
            let before = ResourceUsage.current.cpuSeconds
            let elapsed = try clock.measure(body)
            guard repetition > 0 || repetitions == 0 else { continue }
            let parts = elapsed.components
            samples.append(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
            cpu.append(ResourceUsage.current.cpuSeconds - before)
        }
        let seconds = Measurement.median(samples)
        return Measurement(
            work: work, tokens: tokens, memoryTokens: depth, threads: context.threads,
            weights: model.weightFormat.rawValue, ratio: ratio,
            tokensPerSecond: seconds > 0 ? Double(tokens) / seconds : 0, seconds: seconds,
            cpuSeconds: Measurement.median(cpu), peakBytes: ResourceUsage.current.peakBytes, samples: samples)
    }
}
