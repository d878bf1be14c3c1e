extension Wikitext {
    /// Rows on lines, cells set apart by tabs, attributes left out.
    mutating func table(_ inner: Range<Int>, _ output: inout FragmentOutput) {
        output.edge(.block)
        // The rest of the first line is attributes.
        var at = endOfLine(inner.lowerBound, inner.upperBound)
        while at < inner.upperBound {
            let line = at + 1..<max(at + 1, endOfLine(at + 1, inner.upperBound))
            let start = lineMark(line)
            guard start < line.upperBound, bytes[start] == 0x7C || bytes[start] == 0x21 else {
                read(line, &output)
                at = line.upperBound
                continue
            }
            let next = start + 1 < line.upperBound ? bytes[start + 1] : 0
            if bytes[start] == 0x7C, next == 0x2D {
                output.edge(.line)
                at = line.upperBound
                continue
            }
            let end = endOfCell(line.upperBound, inner.upperBound)
            if bytes[start] == 0x7C, next == 0x2B {
                read(start + 2..<end, &output)
                output.edge(.line)
            } else {
                cells(start + 1..<line.upperBound, last: end, header: bytes[start] == 0x21, &output)
            }
            at = end
        }
        output.edge(.block)
    }

    /// The end of a line, not counting those inside links, templates, tables and comments.
    private func endOfLine(_ from: Int, _ limit: Int) -> Int {
        var at = from
        while at < limit, bytes[at] != 0x0A { at = min(after(at), limit) }
        return at
    }

    /// The first byte of a line behind spaces and comments.
    private func lineMark(_ line: Range<Int>) -> Int {
        var at = line.lowerBound
        while at < line.upperBound, isSpace(bytes[at]) || starts("<!--", at) { at = after(at) }
        return min(at, line.upperBound)
    }

    /// A cell goes on over the lines that begin none.
    private func endOfCell(_ lineEnd: Int, _ limit: Int) -> Int {
        var end = lineEnd
        while end < limit {
            let next = end + 1..<max(end + 1, endOfLine(end + 1, limit))
            let mark = lineMark(next)
            if mark < next.upperBound, bytes[mark] == 0x7C || bytes[mark] == 0x21 { break }
            end = next.upperBound
        }
        return end
    }

    /// The cells of a line; the last one ends at `last`.
    private mutating func cells(
        _ range: Range<Int>, last: Int, header: Bool, _ output: inout FragmentOutput
    ) {
        var start = range.lowerBound
        var at = start
        var bar: Int?
        func cell(_ end: Int, _ output: inout FragmentOutput, _ reader: inout Wikitext) {
            // One bar inside a cell ends its attributes.
            reader.read((bar.map { $0 + 1 } ?? start)..<end, &output)
            output.edge(.cell, isStart: false)
        }
        while at < range.upperBound {
            let isDouble =
                at + 1 < range.upperBound && bytes[at] == bytes[at + 1]
                && (bytes[at] == 0x7C || header && bytes[at] == 0x21)
            if isDouble {
                cell(at, &output, &self)
                at += 2
                start = at
                bar = nil
            } else {
                if bytes[at] == 0x7C { bar = bar ?? at }
                at = min(after(at), range.upperBound)
            }
        }
        cell(last, &output, &self)
    }
}
