public import BeaconModel
import Foundation
public import Tensors

/// Checks what a model with beacons does to contexts shorter than a window: with its beacons idle it must be
/// the ordinary model, bit for bit; with beacons interleaved, about as good.
public struct ShortContextEvaluation: Sendable {
    private let model: LanguageModel
    private let context: ComputeContext

    public init(_ model: LanguageModel, context: ComputeContext) {
        self.model = model
        self.context = context
    }

    /// Measures the beginnings of `texts`, one token less than a window long.
    ///
    /// - Parameter ratios: ratios to interleave beacons at.
    public func run(_ texts: [TokenizedText], ratios: [Int]) throws -> ShortContextReport {
        let length = model.configuration.beacon.windowSize - 1
        let starts = texts.map { Array($0.tokens.prefix(length)) }.filter { $0.count > 1 }
        guard !starts.isEmpty else {
            throw EvaluationError(
                .badRequest, "no text has two tokens within a window of \(length + 1); give longer texts")
        }
        var difference: Float = 0
        var compared = 0
        for tokens in starts {
            let plain = try logits(tokens, mode: .full)
            let idle = try logits(tokens, mode: .ratio(0))
            for (a, b) in zip(plain, idle) { difference = max(difference, Self.difference(a, b)) }
            compared += plain.count
        }
        let losses = TokenLosses(model: model, context: context)
        let modes = [ContextMode.full] + ratios.map(ContextMode.ratio)
        let means = try modes.map { mode in
            let mean =
                try starts.map { tokens in
                    let values = try losses.losses(of: tokens, mode: mode)
                    return values.reduce(0, +) / Double(values.count)
                }.reduce(0, +) / Double(starts.count)
            return ShortContextReport.Mean(mode: mode, loss: mean, perplexity: exp(mean))
        }
        return ShortContextReport(
            texts: starts.count, rows: compared, idleDifference: Double(difference), means: means)
    }

    private func logits(_ tokens: [Int32], mode: ContextMode) throws -> [[Float]] {
        var rows: [[Float]] = []
        try mode.sequence(model, context: context).feed(tokens, logits: .each { rows.append($1) })
        return rows
    }

    private static func difference(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1)) }
    }
}
