/// A small HTML page around a report's pictures and tables, light or dark as its reader prefers.
struct ReportPage {
    let title: String
    let figures: [ReportFigure]
    let tables: [ReportTable]

    var html: String {
        let pictures = figures.map { figure in
            "<figure>\n\(inline(figure))<figcaption>\(Markup.escaped(figure.title))</figcaption>\n</figure>\n"
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(Markup.escaped(title))</title>
            <style>
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
              color: #1b1f24; background: #fff; }
            figure { margin: 1.5rem 0; } figure svg { max-width: 100%; height: auto; }
            figcaption { font-size: .9rem; opacity: .8; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; margin: 1.5rem 0; font-variant-numeric: tabular-nums; }
            caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
            th, td { padding: .25rem .75rem; border-bottom: 1px solid #8886; text-align: right; }
            th:first-child, td:first-child { text-align: left; }
            @media (prefers-color-scheme: dark) { body { color: #e6e8eb; background: #14171b; } }
            </style>
            </head>
            <body>
            <h1>\(Markup.escaped(title))</h1>
            \(pictures.joined())\(tables.map(Self.table).joined())</body>
            </html>

            """
    }

    /// The picture without the XML declaration, its ids kept apart from the other pictures'.
    private func inline(_ figure: ReportFigure) -> String {
        figure.svg.replacing("\"chart-", with: "\"\(figure.name)-").replacing(
            " chart-", with: " \(figure.name)-")
    }

    private static func table(_ table: ReportTable) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(Markup.escaped($0))</\(tag)>" }.joined() + "</tr>\n"
        }
        let head =
            "<tr>" + table.columns.map { "<th scope=\"col\">\(Markup.escaped($0))</th>" }.joined() + "</tr>"
        return
            "<div class=\"wide\"><table>\n<caption>\(Markup.escaped(table.title))</caption>\n<thead>\n\(head)\n"
            + "</thead>\n<tbody>\n\(table.rows.map { row($0, "td") }.joined())</tbody>\n</table></div>\n"
    }
}
