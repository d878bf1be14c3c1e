/// Several needles per text, asked for in turns.
public struct MultiNeedleReport: EvaluationReport {
    /// One turn.
    public struct Outcome: Sendable, Hashable, Codable {
        public var length: Int
        public var sample: Int
        /// From 1.
        public var turn: Int
        public var depth: Int
        public var mode: ContextMode
        public var question: String
        public var answers: [String]
        public var output: String
        public var isFound: Bool
    }

    /// The share found in one mode: of one length, one turn, or all.
    public struct Mean: Sendable, Hashable, Codable {
        public var mode: ContextMode
        public var length: Int?
        public var turn: Int?
        public var needles: Int
        public var found: Double
    }

    public static let kind = "multi-needle"
    public var settings: MultiNeedleEvaluation.Settings
    /// What answered: the model alone or a store.
    public var source: String
    public var outcomes: [Outcome]
    public var means: [Mean]

    public init(settings: MultiNeedleEvaluation.Settings, source: String, outcomes: [Outcome]) {
        self.settings = settings
        self.source = source
        self.outcomes = outcomes
        func mean(_ mode: ContextMode, length: Int? = nil, turn: Int? = nil) -> Mean? {
            let chosen = outcomes.filter {
                $0.mode == mode && (length == nil || $0.length == length) && (turn == nil || $0.turn == turn)
            }
            guard !chosen.isEmpty else { return nil }
            return Mean(
                mode: mode, length: length, turn: turn, needles: chosen.count,
                found: Double(chosen.count { $0.isFound }) / Double(chosen.count))
        }
        means = settings.modes.flatMap { mode in
            [mean(mode)].compactMap { $0 } + settings.lengths.compactMap { mean(mode, length: $0) }
                + (1...max(1, settings.needles)).compactMap { mean(mode, turn: $0) }
        }
    }

    public var title: String { "\(settings.needles) needles in one text, asked for in turns" }

    public var tables: [ReportTable] {
        func value(_ mode: ContextMode, length: Int? = nil, turn: Int? = nil) -> String {
            means.first { $0.mode == mode && $0.length == length && $0.turn == turn }
                .map { Rounding.text($0.found, 3) } ?? "–"
        }
        let turns = Array(1...max(1, settings.needles))
        return [
            ReportTable(
                title: "\(title) (\(source)): share found by length",
                columns: ["mode", "all"] + settings.lengths.map { "\($0)" },
                rows: settings.modes.map { mode in
                    [mode.title, value(mode)] + settings.lengths.map { value(mode, length: $0) }
                }),
            ReportTable(
                title: "Share found by turn", columns: ["mode"] + turns.map { "turn \($0)" },
                rows: settings.modes.map { mode in [mode.title] + turns.map { value(mode, turn: $0) } }),
        ]
    }

    public var figures: [ReportFigure] {
        let series = settings.modes.map { mode in
            LineChart.Series(
                mode.title,
                means.filter { $0.mode == mode }.compactMap { mean in
                    mean.length.map { LineChart.Point(x: Double($0), y: mean.found) }
                })
        }
        let chart = LineChart(
            title: title, xTitle: "tokens", yTitle: "share found", series: series, isLogarithmic: true,
            yRange: 0...1)
        let all = means.filter { $0.length == nil && $0.turn == nil }.map { ($0.mode, $0.found) }
        return [ReportFigure(name: "multi-needle-length", title: title, svg: chart.svg)]
            + RatioChart.figures(
                name: "multi-needle-ratio", title: "Several needles: accuracy against ratio", [("found", all)]
            )
    }
}
