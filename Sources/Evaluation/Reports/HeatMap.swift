/// A grid of scores from 0 to 1, dark blue to yellow, with each score written into its cell.
struct HeatMap {
    let title: String
    let xTitle: String
    let yTitle: String
    let columns: [String]
    let rows: [String]
    /// `[rows][columns]`; nil where nothing was measured.
    let values: [[Double?]]

    private static let left = 70.0
    private static let top = 48.0
    private static let cellHeight = 28.0

    private var cellWidth: Double { max(36, min(72, 640 / Double(max(columns.count, 1)))) }

    var svg: String {
        let (left, top, cellHeight) = (Self.left, Self.top, Self.cellHeight)
        let gridWidth = cellWidth * Double(columns.count)
        let gridHeight = cellHeight * Double(rows.count)
        var canvas = ChartCanvas(
            title: title, description: description, width: max(360, left + gridWidth + 90),
            height: top + gridHeight + 64)
        canvas.text(title, x: 16, y: 26, anchor: "start", style: "heading")
        for (row, name) in rows.enumerated() {
            let y = top + cellHeight * Double(row)
            canvas.text(name, x: left - 8, y: y + cellHeight / 2 + 4, anchor: "end")
            for column in columns.indices {
                let value = row < values.count && column < values[row].count ? values[row][column] : nil
                cell(
                    value, "\(xTitle) \(columns[column]), \(yTitle) \(name)",
                    left + cellWidth * Double(column), y, &canvas)
            }
        }
        for (column, name) in columns.enumerated() {
            canvas.text(name, x: left + cellWidth * (Double(column) + 0.5), y: top + gridHeight + 18)
        }
        canvas.text(xTitle, x: left + gridWidth / 2, y: top + gridHeight + 44, style: "faint")
        canvas.text(yTitle, x: 18, y: top + gridHeight / 2, style: "faint", turned: true)
        legend(x: left + gridWidth + 18, y: top, height: max(gridHeight, 84), &canvas)
        return canvas.svg
    }

    private var description: String {
        let known = values.joined().compactMap { $0 }
        guard !known.isEmpty else { return "No scores." }
        let mean = known.reduce(0, +) / Double(known.count)
        return "Scores by \(xTitle) and \(yTitle): \(known.count) cells, mean \(Rounding.text(mean, 3)), "
            + "lowest \(Rounding.text(known.min() ?? 0, 2)), highest \(Rounding.text(known.max() ?? 0, 2))."
    }

    private func cell(_ value: Double?, _ name: String, _ x: Double, _ y: Double, _ canvas: inout ChartCanvas)
    {
        let shape =
            "x=\"\(Markup.number(x + 1))\" y=\"\(Markup.number(y + 1))\" width=\"\(Markup.number(cellWidth - 2))\" "
            + "height=\"\(Markup.number(Self.cellHeight - 2))\" rx=\"3\""
        guard let value else {
            canvas.add(
                "<rect class=\"missing\" \(shape)><title>\(Markup.escaped(name)): not measured</title></rect>"
            )
            return
        }
        let text = Rounding.text(value, 2)
        canvas.add(
            "<rect fill=\"\(Self.color(value))\" \(shape)><title>\(Markup.escaped(name)): \(text)</title></rect>"
        )
        canvas.text(
            text, x: x + cellWidth / 2, y: y + Self.cellHeight / 2 + 4,
            style: value < 0.55 ? "cell ondark" : "cell onlight")
    }

    private func legend(x: Double, y: Double, height: Double, _ canvas: inout ChartCanvas) {
        let steps = 12
        let step = height / Double(steps)
        for index in 0..<steps {
            let value = 1 - (Double(index) + 0.5) / Double(steps)
            canvas.add(
                "<rect fill=\"\(Self.color(value))\" x=\"\(Markup.number(x))\" "
                    + "y=\"\(Markup.number(y + step * Double(index)))\" width=\"14\" height=\"\(Markup.number(step + 0.5))\"/>"
            )
        }
        canvas.text("1", x: x + 20, y: y + 10, anchor: "start", style: "faint")
        canvas.text("0", x: x + 20, y: y + height, anchor: "start", style: "faint")
    }

    /// Dark blue over green to yellow: ordered in lightness, so that it survives colour blindness and print.
    static func color(_ value: Double) -> String {
        let stops: [(Double, Double, Double)] = [
            (46, 30, 92), (52, 85, 139), (33, 140, 141), (92, 195, 102), (250, 226, 66),
        ]
        let place = min(max(value.isNaN ? 0 : value, 0), 1) * Double(stops.count - 1)
        let index = min(Int(place), stops.count - 2)
        let share = place - Double(index)
        let (a, b) = (stops[index], stops[index + 1])
        func channel(_ from: Double, _ to: Double) -> String {
            let text = String(Int((from + (to - from) * share).rounded()), radix: 16)
            return text.count < 2 ? "0" + text : text
        }
        return "#" + channel(a.0, b.0) + channel(a.1, b.1) + channel(a.2, b.2)
    }
}
