import BeaconModel
import Foundation
import Tensors

/// What a model pays for every token of a text: its negative log-likelihood, in nats.
struct TokenLosses {
    let model: LanguageModel
    let context: ComputeContext

    /// Losses of `tokens[1...]`, each given the tokens before it as `mode` lets the model see them.
    ///
    /// With `lastWindow` the model starts anew with every window, so that a token has the raw tokens in view
    /// that it has under compression, and no beacons.
    func losses(of tokens: [Int32], mode: ContextMode) throws -> [Double] {
        guard tokens.count > 1 else { return [] }
        for token in tokens where token < 0 || Int(token) >= model.configuration.vocabularySize {
            throw EvaluationError(
                .badInput,
                "token \(token) lies outside the model's vocabulary of \(model.configuration.vocabularySize); "
                    + "the tokenizer belongs to another model")
        }
        guard mode == .lastWindow else {
            return try run(tokens[...], mode: mode)
        }
        var losses: [Double] = []
        losses.reserveCapacity(tokens.count - 1)
        let window = model.configuration.beacon.windowSize
        for start in stride(from: 0, to: tokens.count - 1, by: window) {
            losses += try run(tokens[start..<min(start + window + 1, tokens.count)], mode: mode)
        }
        return losses
    }

    private func run(_ tokens: ArraySlice<Int32>, mode: ContextMode) throws -> [Double] {
        let tokens = Array(tokens)
        let sequence = try mode.sequence(model, context: context)
        var losses: [Double] = []
        losses.reserveCapacity(tokens.count - 1)
        // The last token predicts nothing. It is fed all the same where the ratio depends on the length.
        let isPlain = mode == .full || mode == .lastWindow
        try sequence.feed(
            isPlain ? tokens.dropLast() : tokens,
            logits: .each { index, logits in
                if index + 1 < tokens.count { losses.append(Self.loss(logits, of: Int(tokens[index + 1]))) }
            })
        return losses
    }

    /// Negative log-likelihood of `target`, summed in double precision.
    static func loss(_ logits: [Float], of target: Int) -> Double {
        let highest = logits.max() ?? 0
        var sum = 0.0
        for logit in logits { sum += Double(expf(logit - highest)) }
        return log(sum) + Double(highest) - Double(logits[target])
    }
}
