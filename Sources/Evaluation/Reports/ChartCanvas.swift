/// The frame that all pictures share: an SVG document with a title and a description for screen readers, and
/// colours that follow the reader's light or dark preference.
struct ChartCanvas {
    let title: String
    /// What the picture shows, in words.
    let description: String
    let width: Double
    let height: Double
    private(set) var body = ""

    init(title: String, description: String, width: Double, height: Double) {
        self.title = title
        self.description = description
        self.width = width
        self.height = height
    }

    mutating func add(_ element: String) { body += element + "\n" }

    /// - Parameter anchor: `start`, `middle` or `end`.
    mutating func text(
        _ text: String, x: Double, y: Double, anchor: String = "middle", style: String = "label",
        turned: Bool = false
    ) {
        let (x, y) = (Markup.number(x), Markup.number(y))
        let turn = turned ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
        add(
            "<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\"\(turn)>"
                + "\(Markup.escaped(text))</text>")
    }

    mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, style: String) {
        let ends = [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)]
        add(
            "<line class=\"\(style)\" \(ends.map { "\($0.0)=\"\(Markup.number($0.1))\"" }.joined(separator: " "))/>"
        )
    }

    /// The whole document.
    var svg: String {
        let (width, height) = (Markup.number(width), Markup.number(height))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
            height="\(height)" role="img" aria-labelledby="chart-title chart-desc">
            <title id="chart-title">\(Markup.escaped(title))</title>
            <desc id="chart-desc">\(Markup.escaped(description))</desc>
            <style>
            .paper { fill: #ffffff; } .heading { font: 600 16px system-ui, sans-serif; fill: #1b1f24; }
            .label { font: 12px system-ui, sans-serif; fill: #1b1f24; }
            .faint { font: 12px system-ui, sans-serif; fill: #57606a; }
            .cell { font: 11px system-ui, sans-serif; } .ondark { fill: #ffffff; } .onlight { fill: #1b1f24; }
            .axis { stroke: #57606a; stroke-width: 1; } .grid { stroke: #d0d7de; stroke-width: 1; }
            .missing { fill: #eaeef2; }
            @media (prefers-color-scheme: dark) {
            .paper { fill: #14171b; } .heading, .label { fill: #e6e8eb; } .faint { fill: #9aa4af; }
            .axis { stroke: #9aa4af; } .grid { stroke: #2d333b; } .missing { fill: #2d333b; }
            }
            </style>
            <rect class="paper" width="\(width)" height="\(height)"/>
            \(body)</svg>

            """
    }
}
