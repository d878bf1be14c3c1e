/// Rows of a report; the first column holds words, the others mostly numbers.
public struct ReportTable: Sendable, Hashable {
    public var title: String
    public var columns: [String]
    public var rows: [[String]]

    public init(title: String, columns: [String], rows: [[String]] = []) {
        self.title = title
        self.columns = columns
        self.rows = rows
    }

    /// The title, the column heads and the rows, aligned; every line ends with a newline.
    public var text: String {
        let lines = [columns] + rows
        let widths = columns.indices.map { column in
            lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        var text = title + "\n"
        for line in lines {
            var cells: [String] = []
            for (column, cell) in line.enumerated() where column < widths.count {
                let space = String(repeating: " ", count: widths[column] - cell.count)
                cells.append(column == 0 ? cell + space : space + cell)
            }
            let joined = cells.joined(separator: "  ")
            text += String(joined.reversed().drop { $0 == " " }.reversed()) + "\n"
        }
        return text
    }
}
