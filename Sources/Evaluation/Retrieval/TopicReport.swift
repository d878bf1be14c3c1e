/// Whether the first of many topics is remembered, by their number.
public struct TopicReport: EvaluationReport {
    /// One record.
    public struct Outcome: Sendable, Hashable, Codable {
        public var topics: Int
        public var tokens: Int
        public var mode: ContextMode
        public var topic: String
        public var output: String
        /// Whether the output names the topic, whatever its case.
        public var isFound: Bool
        public var f1: Double
    }

    /// The records with one number of topics in one mode.
    public struct Mean: Sendable, Hashable, Codable {
        public var topics: Int
        public var mode: ContextMode
        public var records: Int
        public var tokens: Double
        public var accuracy: Double
        public var f1: Double
    }

    public static let kind = "topic"
    public var settings: TopicEvaluation.Settings
    /// What answered: the model alone or a store.
    public var source: String
    public var outcomes: [Outcome]
    public var means: [Mean]

    public init(settings: TopicEvaluation.Settings, source: String, outcomes: [Outcome]) {
        self.settings = settings
        self.source = source
        self.outcomes = outcomes
        means = settings.counts.flatMap { count in
            settings.modes.compactMap { mode in
                let chosen = outcomes.filter { $0.topics == count && $0.mode == mode }
                guard !chosen.isEmpty else { return nil }
                let total = Double(chosen.count)
                return Mean(
                    topics: count, mode: mode, records: chosen.count,
                    tokens: Double(chosen.reduce(0) { $0 + $1.tokens }) / total,
                    accuracy: Double(chosen.count { $0.isFound }) / total,
                    f1: chosen.reduce(0) { $0 + $1.f1 } / total)
            }
        }
    }

    public var title: String { "First of many topics" }

    public var tables: [ReportTable] {
        [
            ReportTable(
                title: "\(title) (\(source))",
                columns: ["mode", "topics", "tokens", "records", "accuracy", "F1"],
                rows: means.map {
                    [
                        $0.mode.title, "\($0.topics)", Rounding.text($0.tokens, 0), "\($0.records)",
                        Rounding.text($0.accuracy, 3), Rounding.text($0.f1, 3),
                    ]
                })
        ]
    }

    public var figures: [ReportFigure] {
        let series = settings.modes.map { mode in
            LineChart.Series(
                mode.title,
                means.filter { $0.mode == mode }.map { LineChart.Point(x: Double($0.topics), y: $0.accuracy) }
            )
        }
        let chart = LineChart(
            title: title, xTitle: "topics", yTitle: "accuracy", series: series, yRange: 0...1)
        return [ReportFigure(name: "topic-accuracy", title: title, svg: chart.svg)]
    }
}
