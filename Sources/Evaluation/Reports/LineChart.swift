/// Lines through points: one series per mode, told apart by colour, dash and marker.
struct LineChart {
    struct Point: Hashable {
        var x: Double
        var y: Double
    }

    struct Series {
        var name: String
        var points: [Point]

        init(_ name: String, _ points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    let title: String
    let xTitle: String
    let yTitle: String
    let series: [Series]
    /// Whether the horizontal axis is logarithmic.
    var isLogarithmic = false
    /// Ends of the vertical axis; nil = those of the points.
    var yRange: ClosedRange<Double>?

    private static let width = 720.0
    private static let plot = (left: 84.0, top: 48.0, width: 440.0, height: 270.0)
    /// Told apart by the colour-blind too, on light and on dark paper.
    private static let colors = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#7f7f7f",
    ]
    private static let dashes = ["", "7 3", "2 3", "9 3 2 3", "5 5", "12 4", "1 4", "6 2 2 2"]

    var svg: String {
        let plot = Self.plot
        let points = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        let x = AxisScale(
            points.map(\.x), range: isLogarithmic ? nil : Self.span(points.map(\.x)),
            isLogarithmic: isLogarithmic)
        let y = AxisScale(points.map(\.y), range: yRange)
        var canvas = ChartCanvas(
            title: title, description: description, width: Self.width,
            height: max(plot.top + plot.height + 60, plot.top + Double(series.count) * 22 + 20))
        canvas.text(title, x: 16, y: 26, anchor: "start", style: "heading")
        axes(x, y, marks: Array(Set(points.map(\.x))).sorted(), &canvas)
        for (index, series) in series.enumerated() { draw(series, index, x, y, &canvas) }
        return canvas.svg
    }

    /// A little room at both ends.
    private static func span(_ values: [Double]) -> ClosedRange<Double>? {
        guard let low = values.min(), let high = values.max(), high > low else { return nil }
        let room = (high - low) * 0.04
        return (low - room)...(high + room)
    }

    private var description: String {
        let parts = series.map { series in
            let values = series.points.map { "\(AxisScale.text($0.x)): \(Rounding.text($0.y, 3))" }
            return "\(series.name): \(values.joined(separator: ", "))"
        }
        return "\(yTitle) by \(xTitle). " + parts.joined(separator: "; ") + "."
    }

    private func axes(_ x: AxisScale, _ y: AxisScale, marks: [Double], _ canvas: inout ChartCanvas) {
        let plot = Self.plot
        let bottom = plot.top + plot.height
        for tick in y.ticks {
            let height = bottom - plot.height * y.fraction(tick)
            canvas.line(x1: plot.left, y1: height, x2: plot.left + plot.width, y2: height, style: "grid")
            canvas.text(AxisScale.text(tick), x: plot.left - 8, y: height + 4, anchor: "end")
        }
        var lastEnd = -Double.infinity
        for mark in marks {
            let place = plot.left + plot.width * x.fraction(mark)
            canvas.line(x1: place, y1: bottom, x2: place, y2: bottom + 5, style: "axis")
            let text = AxisScale.text(mark)
            let half = Double(text.count) * 3.6
            guard place - half > lastEnd + 6 else { continue }
            canvas.text(text, x: place, y: bottom + 20)
            lastEnd = place + half
        }
        canvas.line(x1: plot.left, y1: bottom, x2: plot.left + plot.width, y2: bottom, style: "axis")
        canvas.line(x1: plot.left, y1: plot.top, x2: plot.left, y2: bottom, style: "axis")
        canvas.text(xTitle, x: plot.left + plot.width / 2, y: bottom + 44, style: "faint")
        canvas.text(yTitle, x: 20, y: plot.top + plot.height / 2, style: "faint", turned: true)
    }

    private func draw(
        _ series: Series, _ index: Int, _ x: AxisScale, _ y: AxisScale, _ canvas: inout ChartCanvas
    ) {
        let plot = Self.plot
        let color = Self.colors[index % Self.colors.count]
        let dash = Self.dashes[index % Self.dashes.count]
        let stroke =
            "stroke=\"\(color)\" stroke-width=\"2\"" + (dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\"")
        let places = series.points.filter { $0.x.isFinite && $0.y.isFinite }.map { point in
            (
                x: plot.left + plot.width * x.fraction(point.x),
                y: plot.top + plot.height * (1 - y.fraction(point.y)), point: point
            )
        }
        if places.count > 1 {
            let path = places.map { "\(Markup.number($0.x)),\(Markup.number($0.y))" }.joined(separator: " ")
            canvas.add("<polyline fill=\"none\" \(stroke) points=\"\(path)\"/>")
        }
        for place in places {
            let label = "\(series.name), \(AxisScale.text(place.point.x)): \(Rounding.text(place.point.y, 3))"
            canvas.add(Self.marker(index, place.x, place.y, color, label))
        }
        let row = plot.top + 10 + Double(index) * 22
        let left = plot.left + plot.width + 20
        canvas.add(
            "<line \(stroke) x1=\"\(Markup.number(left))\" y1=\"\(Markup.number(row))\" "
                + "x2=\"\(Markup.number(left + 28))\" y2=\"\(Markup.number(row))\"/>")
        canvas.add(Self.marker(index, left + 14, row, color, series.name))
        canvas.text(series.name, x: left + 36, y: row + 4, anchor: "start")
    }

    /// A circle, square, diamond or triangle.
    private static func marker(_ index: Int, _ x: Double, _ y: Double, _ color: String, _ label: String)
        -> String
    {
        let corners: [(Double, Double)]
        switch index % 4 {
        case 1: corners = [(-4, -4), (4, -4), (4, 4), (-4, 4)]
        case 2: corners = [(0, -5), (5, 0), (0, 5), (-5, 0)]
        case 3: corners = [(0, -5), (5, 4), (-5, 4)]
        default:
            return "<circle fill=\"\(color)\" cx=\"\(Markup.number(x))\" cy=\"\(Markup.number(y))\" r=\"4\">"
                + "<title>\(Markup.escaped(label))</title></circle>"
        }
        let points = corners.map { "\(Markup.number(x + $0.0)),\(Markup.number(y + $0.1))" }.joined(
            separator: " ")
        return
            "<polygon fill=\"\(color)\" points=\"\(points)\"><title>\(Markup.escaped(label))</title></polygon>"
    }
}
