public import BeaconModel
import Foundation
public import Tensors

/// Measures how well a model predicts long texts: compressed, uncompressed, and cut to its last window.
///
/// The published protocol (reference §14): segments at steps of `stride`, memory reset for each, labels only
/// for tokens that no earlier segment covered; a text's loss is the mean over its labels, and the perplexity
/// the exponential of the mean over texts.
public struct PerplexityEvaluation: Sendable {
    public var settings: PerplexitySettings
    private let model: LanguageModel
    private let context: ComputeContext

    public init(_ model: LanguageModel, settings: PerplexitySettings, context: ComputeContext) {
        self.model = model
        self.settings = settings
        self.context = context
    }

    /// Measures `texts` in every mode at every length.
    ///
    /// - Throws: `EvaluationError` of code `badRequest` if no text is as long as any of the lengths.
    public func run(
        _ texts: [TokenizedText], progress: (EvaluationProgress) -> Void = { _ in }
    ) throws -> PerplexityReport {
        var results: [PerplexityReport.Text] = []
        let work = settings.lengths.map { length in texts.filter { $0.tokens.count >= minimum(length) } }
        let total = work.reduce(0) { $0 + $1.count } * settings.modes.count
        guard total > 0 else {
            throw EvaluationError(
                .badRequest,
                "the longest of \(texts.count) texts has \(texts.map(\.tokens.count).max() ?? 0) tokens, fewer than "
                    + "the shortest length \(settings.lengths.min() ?? 0); give longer texts or smaller lengths"
            )
        }
        for (length, chosen) in zip(settings.lengths, work) {
            for mode in settings.modes {
                for text in chosen {
                    try Task.checkCancellation()
                    results.append(try measure(text, length: length, mode: mode))
                    progress(
                        EvaluationProgress(
                            done: results.count, total: total,
                            label: "\(mode.title), \(length) tokens, \(text.id)"))
                }
            }
        }
        return PerplexityReport(
            settings: settings, texts: results, windowSize: model.configuration.beacon.windowSize)
    }

    /// Texts shorter than a length say nothing about it; the begin-of-text token counts towards it.
    private func minimum(_ length: Int) -> Int { length - (settings.beginOfText == nil ? 0 : 1) }

    private func measure(_ text: TokenizedText, length: Int, mode: ContextMode) throws
        -> PerplexityReport.Text
    {
        let segments = try PerplexitySegment.segments(
            of: text.tokens.count, maxLength: length, stride: settings.stride,
            hasBeginOfText: settings.beginOfText != nil)
        let losses = TokenLosses(model: model, context: context)
        var weighted = 0.0
        var labels = 0
        for segment in segments {
            var tokens = Array(text.tokens[segment.tokens])
            if let begin = settings.beginOfText { tokens.insert(begin, at: 0) }
            let predicted = try losses.losses(of: tokens, mode: mode).dropFirst(
                max(segment.firstLabel, 1) - 1)
            guard !predicted.isEmpty else { continue }
            weighted += predicted.reduce(0, +) / Double(predicted.count) * Double(segment.labelCount)
            labels += segment.labelCount
        }
        return PerplexityReport.Text(
            id: text.id, length: length, mode: mode, tokens: text.tokens.count, labels: labels,
            loss: labels > 0 ? weighted / Double(labels) : 0)
    }
}
