/// Rows of text in aligned columns.
struct TextTable: Sendable {
    /// On which side the cells of a column are filled up.
    enum Alignment: Sendable, Hashable {
        /// Words.
        case left
        /// Numbers.
        case right
    }

    /// The heading of a column and how its cells are aligned.
    struct Column: Sendable, Hashable {
        let title: String
        let alignment: Alignment

        /// Creates a column.
        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    /// Creates a table without rows.
    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row of one cell per column.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "a row has as many cells as the table has columns")
        rows.append(cells.map(\.printable))
    }

    /// The table with a line of headings; each line ends with a newline and has no spaces before it.
    var text: String {
        let lines = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in lines.map { Self.width($0[column]) }.max() ?? 0 }
        return lines.map { cells in
            let padded = columns.indices.map { index in
                let padding = String(repeating: " ", count: widths[index] - Self.width(cells[index]))
                return columns[index].alignment == .left ? cells[index] + padding : padding + cells[index]
            }
            let line = padded.joined(separator: "  ")
            return line.prefix(upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)
                + "\n"
        }.joined()
    }

    /// The terminal columns that a text takes: East Asian wide characters and emoji take two.
    static func width(_ text: String) -> Int {
        if text.isPlain { return text.utf8.count }
        return text.reduce(0) { sum, character in
            guard let scalar = character.unicodeScalars.first else { return sum }
            let isWide =
                scalar.properties.isEmojiPresentation
                || [
                    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
                    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
                ].contains { $0.contains(Int(scalar.value)) }
            return sum + (isWide ? 2 : 1)
        }
    }

}
