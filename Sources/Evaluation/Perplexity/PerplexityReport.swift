import Foundation

/// Perplexity per text, and its mean by length and mode.
public struct PerplexityReport: EvaluationReport {
    /// One text in one mode, up to one length.
    public struct Text: Sendable, Hashable, Codable {
        public var id: String
        public var length: Int
        public var mode: ContextMode
        /// Tokens of the whole text.
        public var tokens: Int
        /// Tokens that counted.
        public var labels: Int
        /// Mean negative log-likelihood, in nats.
        public var loss: Double
        /// Exponential of the loss.
        public var perplexity: Double

        public init(id: String, length: Int, mode: ContextMode, tokens: Int, labels: Int, loss: Double) {
            self.id = id
            self.length = length
            self.mode = mode
            self.tokens = tokens
            self.labels = labels
            self.loss = loss
            perplexity = exp(loss)
        }
    }

    /// All texts of at least one length, in one mode.
    public struct Mean: Sendable, Hashable, Codable {
        public var length: Int
        public var mode: ContextMode
        public var texts: Int
        public var labels: Int
        /// Mean of the texts' losses.
        public var loss: Double
        public var perplexity: Double
    }

    public static let kind = "perplexity"
    public var settings: PerplexitySettings
    /// Raw tokens of one of the model's windows.
    public var windowSize: Int
    public var texts: [Text]
    public var means: [Mean]
    /// What compression does to texts shorter than a window, where it was measured.
    public var shortContext: ShortContextReport?

    public init(settings: PerplexitySettings, texts: [Text], windowSize: Int) {
        self.settings = settings
        self.windowSize = windowSize
        self.texts = texts
        means = settings.lengths.flatMap { length in
            settings.modes.compactMap { mode in
                let chosen = texts.filter { $0.length == length && $0.mode == mode }
                guard !chosen.isEmpty else { return nil }
                let loss = chosen.reduce(0) { $0 + $1.loss } / Double(chosen.count)
                return Mean(
                    length: length, mode: mode, texts: chosen.count,
                    labels: chosen.reduce(0) { $0 + $1.labels },
                    loss: loss, perplexity: exp(loss))
            }
        }
    }

    /// The mean at one length in one mode.
    public func mean(_ length: Int, _ mode: ContextMode) -> Mean? {
        means.first { $0.length == length && $0.mode == mode }
    }

    public var title: String { "Perplexity against length" }

    public var tables: [ReportTable] {
        var table = ReportTable(
            title: "Perplexity by length",
            columns: ["tokens", "windows", "texts"] + settings.modes.map(\.title))
        for length in settings.lengths {
            guard let any = means.first(where: { $0.length == length }) else { continue }
            table.rows.append(
                ["\(length)", Rounding.text(Double(length) / Double(windowSize), 1), "\(any.texts)"]
                    + settings.modes.map { mode in
                        mean(length, mode).map { Rounding.text($0.perplexity, 3) } ?? "–"
                    })
        }
        return [table] + (shortContext?.tables ?? [])
    }

    public var figures: [ReportFigure] {
        let series = settings.modes.map { mode in
            LineChart.Series(
                mode.title,
                means.filter { $0.mode == mode }.map {
                    LineChart.Point(x: Double($0.length), y: $0.perplexity)
                })
        }
        let chart = LineChart(
            title: title, xTitle: "tokens", yTitle: "perplexity (lower is better)", series: series,
            isLogarithmic: true)
        return [ReportFigure(name: "perplexity-length", title: title, svg: chart.svg)]
    }
}
