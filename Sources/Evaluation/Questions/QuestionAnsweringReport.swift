/// Answers to questions about documents, scored by four metrics, by mode and by length.
public struct QuestionAnsweringReport: EvaluationReport {
    /// One answer.
    public struct Outcome: Sendable, Hashable, Codable {
        public var id: String
        public var document: String
        public var documentTokens: Int
        public var mode: ContextMode
        public var question: String
        public var answers: [String]
        public var output: String
        /// Whether the answer says that the document does not tell.
        public var isRefusal: Bool
        public var exactMatch: Double
        public var f1: Double
        public var rougeL: Double
        public var editSimilarity: Double
        public var task: LongBenchTask?
        public var taskScore: Double?
    }

    /// Means over some answers in one mode.
    public struct Mean: Sendable, Hashable, Codable {
        public var mode: ContextMode
        /// Full windows of the documents, from and to; nil = all lengths.
        public var windows: [Int]?
        public var questions: Int
        public var exactMatch: Double
        public var f1: Double
        public var rougeL: Double
        public var editSimilarity: Double
        /// Share of unanswerable questions that were refused.
        public var rightRefusals: Double?
        /// Share of answerable questions that were refused.
        public var falseRefusals: Double?

        init?(_ outcomes: [Outcome], mode: ContextMode, windows: [Int]?) {
            guard !outcomes.isEmpty else { return nil }
            func mean(_ value: (Outcome) -> Double, _ chosen: [Outcome]) -> Double? {
                chosen.isEmpty ? nil : chosen.reduce(0) { $0 + value($1) } / Double(chosen.count)
            }
            func mean(_ value: (Outcome) -> Double) -> Double { mean(value, outcomes) ?? 0 }
            self.mode = mode
            self.windows = windows
            questions = outcomes.count
            exactMatch = mean(\.exactMatch)
            f1 = mean(\.f1)
            rougeL = mean(\.rougeL)
            editSimilarity = mean(\.editSimilarity)
            rightRefusals = mean({ $0.isRefusal ? 1 : 0 }, outcomes.filter { $0.answers.isEmpty })
            falseRefusals = mean({ $0.isRefusal ? 1 : 0 }, outcomes.filter { !$0.answers.isEmpty })
        }
    }

    /// A task's score as its authors report it: a percentage.
    public struct TaskScore: Sendable, Hashable, Codable {
        public var task: LongBenchTask
        public var mode: ContextMode
        public var score: Double
    }

    /// The mean over a category's tasks, or over all where `category` is nil.
    public struct CategoryScore: Sendable, Hashable, Codable {
        public var category: LongBenchCategory?
        public var mode: ContextMode
        public var score: Double
    }

    public static let kind = "qa"
    public var settings: QuestionAnswering.Settings
    /// What answered: the model alone or a store.
    public var source: String
    public var windowSize: Int
    public var outcomes: [Outcome]
    public var means: [Mean]
    public var meansByLength: [Mean]
    public var tasks: [TaskScore]
    public var categories: [CategoryScore]

    public init(settings: QuestionAnswering.Settings, source: String, windowSize: Int, outcomes: [Outcome]) {
        self.settings = settings
        self.source = source
        self.windowSize = windowSize
        self.outcomes = outcomes
        means = settings.modes.compactMap { mode in
            Mean(outcomes.filter { $0.mode == mode }, mode: mode, windows: nil)
        }
        meansByLength = Self.buckets.flatMap { bucket in
            settings.modes.compactMap { mode in
                let chosen = outcomes.filter {
                    $0.mode == mode && bucket.contains($0.documentTokens / max(1, windowSize))
                }
                return Mean(chosen, mode: mode, windows: [bucket.lowerBound, bucket.upperBound])
            }
        }
        tasks = LongBenchTask.allCases.flatMap { task in
            settings.modes.compactMap { mode in
                let scores = outcomes.filter { $0.mode == mode && $0.task == task }.compactMap(\.taskScore)
                guard !scores.isEmpty else { return nil }
                let mean = 100 * scores.reduce(0, +) / Double(scores.count)
                return TaskScore(task: task, mode: mode, score: Rounding.places(mean, 2))
            }
        }
        let tasks = tasks
        categories = (LongBenchCategory.allCases + [nil]).flatMap { category in
            settings.modes.compactMap { mode in
                let scores = tasks.filter {
                    $0.mode == mode && (category == nil || $0.task.category == category)
                }
                guard !scores.isEmpty else { return nil }
                let mean = scores.reduce(0) { $0 + $1.score } / Double(scores.count)
                return CategoryScore(category: category, mode: mode, score: Rounding.places(mean, 2))
            }
        }
    }

    /// Documents by their full windows: none, one, then doubling.
    private static let buckets: [ClosedRange<Int>] =
        [0...0, 1...1] + (1..<24).map { (1 << $0)...((1 << ($0 + 1)) - 1) }

    public var title: String { "Question answering" }

    public var tables: [ReportTable] {
        var all = ReportTable(
            title: "Answers by mode (\(source))",
            columns: [
                "mode", "questions", "exact", "F1", "ROUGE-L", "edit", "refused rightly", "refused falsely",
            ])
        all.rows = means.map { [$0.mode.title] + Self.cells($0) }
        var lengths = ReportTable(
            title: "Answers by full windows of the document",
            columns: ["mode", "windows"] + Array(all.columns.dropFirst()))
        lengths.rows = meansByLength.map { mean in
            let ends = mean.windows ?? []
            let span = ends.first == ends.last ? "\(ends.first ?? 0)" : "\(ends.first ?? 0)–\(ends.last ?? 0)"
            return [mean.mode.title, span] + Self.cells(mean)
        }
        var result = [all, lengths]
        if !tasks.isEmpty {
            result.append(
                ReportTable(
                    title: "Tasks, percent", columns: ["task", "mode", "score"],
                    rows: tasks.map { [$0.task.rawValue, $0.mode.title, Rounding.text($0.score, 2)] }))
            result.append(
                ReportTable(
                    title: "Tasks by category, mean of their percent",
                    columns: ["category", "mode", "score"],
                    rows: categories.map {
                        [$0.category?.rawValue ?? "all tasks", $0.mode.title, Rounding.text($0.score, 2)]
                    }))
        }
        return result
    }

    private static func cells(_ mean: Mean) -> [String] {
        func share(_ value: Double?) -> String { value.map { Rounding.text($0, 3) } ?? "–" }
        return ["\(mean.questions)"]
            + [
                mean.exactMatch, mean.f1, mean.rougeL, mean.editSimilarity, mean.rightRefusals,
                mean.falseRefusals,
            ].map(
                share)
    }

    public var figures: [ReportFigure] {
        let metrics: [(String, (Mean) -> Double)] = [
            ("exact match", { $0.exactMatch }), ("F1", { $0.f1 }), ("ROUGE-L", { $0.rougeL }),
            ("edit similarity", { $0.editSimilarity }),
        ]
        var figures = RatioChart.figures(
            name: "qa-ratio", title: "Accuracy against ratio",
            metrics.map { metric in (metric.0, means.map { ($0.mode, metric.1($0)) }) })
        let series = settings.modes.map { mode in
            LineChart.Series(
                mode.title,
                meansByLength.filter { $0.mode == mode }.map {
                    LineChart.Point(x: Double(max(1, $0.windows?.first ?? 0)), y: $0.exactMatch)
                })
        }
        if series.contains(where: { $0.points.count > 1 }) {
            let title = "Exact match against length"
            let chart = LineChart(
                title: title, xTitle: "full windows of the document", yTitle: "exact match", series: series,
                isLogarithmic: true, yRange: 0...1)
            figures.append(ReportFigure(name: "qa-length", title: title, svg: chart.svg))
        }
        return figures
    }
}
