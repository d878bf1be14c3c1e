/// The way back from the bytes of a document's text to its source: line, element and byte range.
///
/// The map is a list of *runs*, each a stretch of text that came from the source in one simple way, kept in the
/// delta-coded form in which it is stored (a few bytes for each line), with an index into every 64th run. A lookup
/// is a binary search and at most 64 steps.
public struct SourceMap: Sendable, Hashable {
    /// Where one byte of text comes from.
    public struct Position: Sendable, Hashable {
        /// 1-based line of the source.
        public var line: Int
        /// The element, like `/bulletins/bulletin[3]/body/p[2]`.
        public var path: String?
        /// The bytes of the source; more than one where several became one, `nil` where the text was added.
        public var bytes: Range<Int>?
    }

    /// Bytes of text that the map covers.
    public let textCount: Int
    let runs: [UInt8]
    let index: [IndexEntry]
    let elements: ElementTree

    struct IndexEntry: Sendable, Hashable {
        var offset: Int
        var state: SourceMapRun
    }

    /// The map of a text that is its source, byte for byte, except that nothing is known about lines.
    public init(identityOf count: Int) {
        var builder = SourceMapBuilder()
        builder.add(SourceMapRun(text: 0, source: 0, shape: .linear, line: 1, element: 0), force: true)
        self = builder.finish(textCount: count, elements: ElementTree())
    }

    init(textCount: Int, runs: [UInt8], index: [IndexEntry], elements: ElementTree) {
        self.textCount = textCount
        self.runs = runs
        self.index = index
        self.elements = elements
    }

    /// Where the byte of text at `offset` comes from; the end of the text counts as its last byte.
    public func position(ofByte offset: Int) -> Position {
        guard let run = run(at: min(max(offset, 0), max(textCount - 1, 0))) else {
            return Position(line: 1, path: nil, bytes: nil)
        }
        return Position(
            line: run.line, path: elements.path(of: run.element),
            bytes: run.sourceBytes(at: min(max(offset, 0), max(textCount - 1, 0))))
    }

    /// The smallest range of source bytes that holds what the range of text came from.
    ///
    /// Text that was added between, such as the empty line between two paragraphs, has no source and is passed over.
    public func sourceRange(of range: Range<Int>) -> Range<Int>? {
        var lower: Int?
        var upper = 0
        var cursor = cursor(at: range.lowerBound)
        while let run = cursor?.run, run.text < range.upperBound {
            let end = cursor?.peekText() ?? textCount
            let first = max(range.lowerBound, run.text)
            let last = min(range.upperBound, end) - 1
            if last >= first, let a = run.sourceBytes(at: first), let b = run.sourceBytes(at: last) {
                lower = min(lower ?? a.lowerBound, a.lowerBound)
                upper = max(upper, b.upperBound)
            }
            if cursor?.advance() != true { break }
        }
        return lower.map { $0..<max(upper, $0) }
    }

    /// Number of runs, for diagnosis.
    public var runCount: Int {
        var count = 0
        var cursor = SourceMapCursor(runs: runs)
        while cursor.advance() { count += 1 }
        return count
    }

    /// The run that holds a byte of text.
    func run(at offset: Int) -> SourceMapRun? { cursor(at: offset)?.run }

    /// A cursor on the run that holds a byte of text.
    func cursor(at offset: Int) -> SourceMapCursor? {
        guard !index.isEmpty else { return nil }
        var low = 0
        var high = index.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if index[middle].state.text <= offset { low = middle } else { high = middle }
        }
        var cursor = SourceMapCursor(runs: runs, entry: index[low])
        while let next = cursor.peekText(), next <= offset, cursor.advance() {}
        return cursor
    }
}
