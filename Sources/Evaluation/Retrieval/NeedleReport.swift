/// Needles found, by length, depth and mode.
public struct NeedleReport: EvaluationReport {
    /// The mean of one length, depth and mode.
    public struct Cell: Sendable, Hashable, Codable {
        public var length: Int
        public var depth: Int
        public var mode: ContextMode
        public var score: Double
    }

    /// The mean of one length, or of all, in one mode.
    public struct Mean: Sendable, Hashable, Codable {
        public var mode: ContextMode
        /// nil = all lengths.
        public var length: Int?
        public var needles: Int
        public var score: Double
        /// Share of needles found.
        public var found: Double
        public var fuzzy: Double?
    }

    public static let kind = "needle"
    public var title: String
    public var settings: NeedleSettings
    /// What answered: the model alone or a store.
    public var source: String
    public var outcomes: [RetrievalOutcome]
    public var cells: [Cell]
    public var means: [Mean]

    public init(title: String, settings: NeedleSettings, source: String, outcomes: [RetrievalOutcome]) {
        self.title = title
        self.settings = settings
        self.source = source
        self.outcomes = outcomes
        cells = settings.modes.flatMap { mode in
            settings.lengths.flatMap { length in
                settings.depths.compactMap { depth in
                    let chosen = outcomes.filter {
                        $0.mode == mode && $0.length == length && $0.depth == depth
                    }
                    guard !chosen.isEmpty else { return nil }
                    let score = chosen.reduce(0) { $0 + $1.score } / Double(chosen.count)
                    return Cell(length: length, depth: depth, mode: mode, score: Rounding.places(score, 2))
                }
            }
        }
        means = settings.modes.flatMap { mode in
            ([nil] + settings.lengths.map(Optional.some)).compactMap { length in
                Self.mean(
                    outcomes.filter { $0.mode == mode && (length == nil || $0.length == length) }, mode: mode,
                    length: length)
            }
        }
    }

    private static func mean(_ outcomes: [RetrievalOutcome], mode: ContextMode, length: Int?) -> Mean? {
        guard !outcomes.isEmpty else { return nil }
        let count = Double(outcomes.count)
        let fuzzy = outcomes.compactMap(\.fuzzy)
        return Mean(
            mode: mode, length: length, needles: outcomes.count,
            score: outcomes.reduce(0) { $0 + $1.score } / count,
            found: Double(outcomes.count { $0.isFound }) / count,
            fuzzy: fuzzy.isEmpty ? nil : fuzzy.reduce(0, +) / Double(fuzzy.count))
    }

    /// The share of all needles found in `mode`.
    public func found(_ mode: ContextMode) -> Double? {
        means.first { $0.mode == mode && $0.length == nil }?.found
    }

    private var scoreName: String {
        switch settings.scoring {
        case .recall: "ROUGE-L recall"
        case .found: "found"
        case .passkey: "accuracy"
        }
    }

    public var tables: [ReportTable] {
        var table = ReportTable(
            title: "\(title) (\(source)): \(scoreName)",
            columns: ["mode", "needles", "all lengths"] + settings.lengths.map { "\($0)" })
        for mode in settings.modes {
            guard let all = means.first(where: { $0.mode == mode && $0.length == nil }) else { continue }
            table.rows.append(
                [mode.title, "\(all.needles)", Rounding.text(all.score, 3)]
                    + settings.lengths.map { length in
                        means.first { $0.mode == mode && $0.length == length }.map {
                            Rounding.text($0.score, 3)
                        } ?? "–"
                    })
        }
        var tables = [table]
        if settings.scoring != .found {
            var second = ReportTable(
                title: "Over all lengths", columns: ["mode", "found", "edit similarity"])
            for mean in means where mean.length == nil {
                second.rows.append([
                    mean.mode.title, Rounding.text(mean.found, 3),
                    mean.fuzzy.map { Rounding.text($0, 3) } ?? "–",
                ])
            }
            tables.append(second)
        }
        return tables
    }

    public var figures: [ReportFigure] {
        let name = settings.scoring == .passkey ? "passkey" : Self.kind
        var figures = settings.modes.map { mode in
            let heading = "\(title), \(mode.title)"
            let map = HeatMap(
                title: heading, xTitle: "tokens", yTitle: "depth %",
                columns: settings.lengths.map { "\($0)" },
                rows: settings.depths.map { "\($0)" },
                values: settings.depths.map { depth in
                    settings.lengths.map { length in
                        cells.first { $0.mode == mode && $0.length == length && $0.depth == depth }?.score
                    }
                })
            return ReportFigure(name: "\(name)-map-\(mode.name)", title: heading, svg: map.svg)
        }
        figures += RatioChart.figures(
            name: "\(name)-ratio", title: "\(title): accuracy against ratio",
            [
                (
                    scoreName,
                    means.filter { $0.length == nil }.map { ($0.mode, $0.score) }
                )
            ])
        return figures
    }
}
