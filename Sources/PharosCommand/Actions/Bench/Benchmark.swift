import Answering
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
    let peak: MachinePeak
    /// Runs that count, after one that does not.
    var repetitions: Int
    /// Raw tokens per beacon of compressed documents.
    var ratio: Int
    /// The model's own window, or another.
    var window: Int?
    /// Tokens that a measurement of decoding makes.
    var decodeCount = 32
    /// How stored keys and values are encoded.
    var encoding = KeyValueEncoding.int8
    /// Where stored caches go.
    var directory: FilePath

    /// Tokens of the question whose first answer token is timed.
    static let questionCount = 32

    /// Prefill of `length` tokens through the plain model.
    func prefill(_ length: Int) throws -> Measurement {
        let input = tokens(length)
        return try measure(.prefill, tokens: length, ratio: 0, inputs: length) {
            let sequence = BeaconSequence(model, isCompressing: false, context: context)
            return { try sequence.feed(input) }
        }
    }

    /// A document of `length` tokens condensed window by window.
    func document(_ length: Int) throws -> Measurement {
        let settings = try settings()
        let input = tokens(length)
        let beacons = length / settings.windowSize * (settings.windowSize / ratio)
        return try measure(.document, tokens: length, ratio: ratio, inputs: length + beacons) {
            let sequence = BeaconSequence(model, settings: settings, context: context)
            return { try sequence.feed(input, logits: .none) }
        }
    }

    /// The matrix products of one window and its beacons, attention left out.
    func products() throws -> Measurement {
        let settings = try settings()
        let products = WindowProducts(
            model, tokens: settings.windowSize, beacons: settings.windowSize / ratio, context: context)
        return try measure(
            .products, tokens: settings.windowSize, ratio: ratio, inputs: products.rows
        ) { { products.run() } }
    }

    /// New tokens on a memory that stands for `depth` tokens.
    func decode(depth: Int) throws -> Measurement {
        let settings = try settings()
        let input = tokens(decodeCount)
        let isFull = depth >= settings.windowSize
        var generator = SplitMix64(seed: 7)
        let block = BenchmarkCache.random(
            model.configuration, entries: isFull ? depth / ratio : depth, &generator)
        return try measure(
            .decode, tokens: decodeCount, depth: depth, ratio: depth == 0 ? 0 : ratio, inputs: decodeCount
        ) {
            let sequence = BeaconSequence(model, settings: settings, isCompressing: false, context: context)
            if depth > 0 {
                sequence.memory.appendBeacons(
                    block, origins: [Int32](repeating: -1, count: block.entries), using: context)
                try sequence.resume(consumed: depth, openTokens: 0, remainder: 0, ratio: nil)
            }
            try sequence.feed([1])
            return { for token in input { try sequence.feed([token]) } }
        }
    }

    /// A stored cache of `depth` tokens made ready for a question.
    func restore(depth: Int) throws -> Measurement {
        let settings = try settings()
        let cache = try stored(depth, settings)
        var result = try measure(.restore, tokens: cache.tokens, depth: cache.tokens, ratio: ratio, inputs: 0)
        {
            { _ = try restored(cache, settings) }
        }
        result.bytesPerToken = Double(cache.byteCount) / Double(max(cache.tokens, 1))
        return result
    }

    /// A stored cache restored, a question read, the first token of the answer chosen.
    func firstToken(depth: Int) throws -> Measurement {
        let settings = try settings()
        let cache = try stored(depth, settings)
        let question = tokens(Self.questionCount)
        return try measure(
            .firstToken, tokens: question.count, depth: cache.tokens, ratio: ratio, inputs: question.count
        ) {
            {
                let sequence = try restored(cache, settings)
                let logits = try sequence.feed(question) ?? []
                _ = logits.indices.max { logits[$0] < logits[$1] }
            }
        }
    }

    private func stored(_ depth: Int, _ settings: BeaconConfiguration) throws -> BenchmarkCache {
        try BenchmarkCache(
            in: directory, tokens: depth, model: model.configuration, settings: settings, ratio: ratio,
            encoding: encoding)
    }

    private func restored(_ cache: BenchmarkCache, _ settings: BeaconConfiguration) throws -> BeaconSequence {
        let reader = try ContextCacheReader(cache.path, expected: cache.identity)
        let restorer = ContextRestorer(
            settings: settings, headCount: 0, contextLength: model.configuration.contextLength)
        return try ContextMemory(
            try restorer.document("benchmark", reader), model: model, settings: settings, context: context
        ).sequence
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

    /// Prepares and times `repetitions` runs, after one that is not counted.
    ///
    /// - Parameter inputs: rows that go through all layers, beacons included; 0 where no model runs.
    private func measure(
        _ work: Measurement.Work, tokens: Int, depth: Int = 0, ratio: Int, inputs: Int,
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
        let cpuSeconds = Measurement.median(cpu)
        let operations = Double(inputs) * model.configuration.operationsPerToken
        let possible = (peak.operationsPerSecond[model.weightFormat] ?? 0) * cpuSeconds
        return Measurement(
            work: work, tokens: tokens, memoryTokens: depth, threads: context.threads,
            weights: model.weightFormat.rawValue, ratio: ratio,
            tokensPerSecond: seconds > 0 ? Double(tokens) / seconds : 0, seconds: seconds,
            cpuSeconds: cpuSeconds,
            peakBytes: ResourceUsage.current.peakBytes,
            arithmeticShare: inputs > 0 && possible > 0 ? operations / possible : nil, samples: samples)
    }
}

extension ModelConfiguration {
    /// Multiplications and additions of the layers' matrix products for one token; attention and head not counted.
    fileprivate var operationsPerToken: Double {
        let query = Double(heads * headDim)
        let keyValue = Double(kvHeads * headDim)
        let hidden = Double(hiddenSize)
        let perLayer =
            hidden * query + 2 * hidden * keyValue + query * hidden + 3 * hidden * Double(intermediateSize)
        return 2 * Double(layers) * perLayer
    }
}
