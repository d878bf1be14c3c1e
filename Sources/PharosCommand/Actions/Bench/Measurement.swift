import Foundation
import Tensors

/// One benchmark's result.
struct Measurement: Codable {
    enum Work: String, Codable, CaseIterable {
        /// Tokens through the plain model.
        case prefill
        /// Tokens through the model with compression, window by window.
        case document
        /// The matrix products of one window through all layers, without attention.
        case products
        /// New tokens one by one.
        case decode
        /// A stored cache made ready for a question.
        case restore
        /// A stored cache restored, a question of 32 tokens read, the first answer token chosen.
        case firstToken = "first_token"
    }

    var work: Work
    /// Tokens that went through the model, or that the cache stands for.
    var tokens: Int
    /// Document tokens that the memory stands for before the work begins.
    var memoryTokens: Int
    var threads: Int
    var weights: String
    /// Raw tokens per beacon of the memory; 0 without beacons.
    var ratio: Int
    var tokensPerSecond: Double
    /// Median of the samples.
    var seconds: Double
    /// Median processor time.
    var cpuSeconds: Double
    var peakBytes: Int
    /// Bytes of the cache per document token, where one was made.
    var bytesPerToken: Double?
    /// The layers' matrix products per CPU second, as a share of what one core was measured to do at most.
    var arithmeticShare: Double?
    /// Seconds of each repetition, in order.
    var samples: [Double]

    private enum CodingKeys: String, CodingKey {
        case work, tokens, threads, weights, ratio, seconds, samples
        case memoryTokens = "memory_tokens"
        case tokensPerSecond = "tokens_per_second"
        case cpuSeconds = "cpu_seconds"
        case peakBytes = "peak_bytes"
        case bytesPerToken = "bytes_per_token"
        case arithmeticShare = "arithmetic_share"
    }

    /// What must be equal for two measurements to be of the same thing.
    var key: String { "\(work.rawValue) \(tokens) \(memoryTokens) \(threads) \(weights) \(ratio)" }

    /// Largest minus smallest sample, as a share of the median.
    var spread: Double {
        guard seconds > 0, let low = samples.min(), let high = samples.max() else { return 0 }
        return (high - low) / seconds
    }

    /// Middle value of the sorted samples.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
