/// Scores against the compression ratio, the uncompressed model standing at 1.
enum RatioChart {
    /// - Parameter lines: names, each with scores by mode; modes without a fixed ratio are left out.
    /// - Returns: no figure where fewer than two ratios were measured.
    static func figures(
        name: String, title: String, _ lines: [(String, [(ContextMode, Double)])]
    ) -> [ReportFigure] {
        let series = lines.map { line in
            let points = line.1.compactMap { mode, score in
                ratio(mode).map { LineChart.Point(x: $0, y: score) }
            }
            return LineChart.Series(line.0, points.sorted { $0.x < $1.x })
        }
        guard series.contains(where: { Set($0.points.map(\.x)).count > 1 }) else { return [] }
        let chart = LineChart(
            title: title, xTitle: "compression ratio (1 = uncompressed)", yTitle: "score", series: series,
            isLogarithmic: true, yRange: 0...1)
        return [ReportFigure(name: name, title: title, svg: chart.svg)]
    }

    private static func ratio(_ mode: ContextMode) -> Double? {
        switch mode {
        case .ratio(let ratio): Double(max(1, ratio))
        case .full: 1
        case .adaptive, .lastWindow: nil
        }
    }
}
