/// Collects runs in the order of the text.
struct SourceMapBuilder {
    private(set) var bytes: [UInt8] = []
    private var index: [SourceMap.IndexEntry] = []
    private(set) var last: SourceMapRun?
    private var count = 0

    /// Adds a run, unless it says nothing new. A run at the text offset of the last one must not follow.
    mutating func add(_ run: SourceMapRun, force: Bool = false) {
        if let last, !force, continues(last, run) { return }
        let offset = bytes.count
        write(run, after: last)
        if count % 64 == 0 { index.append(.init(offset: bytes.count, state: run)) }
        precondition(offset < bytes.count)
        last = run
        count += 1
    }

    private func continues(_ last: SourceMapRun, _ run: SourceMapRun) -> Bool {
        guard last.line == run.line, last.element == run.element, last.shape == run.shape else {
            return false
        }
        switch run.shape {
        case .added: return true
        case .block: return false
        case .linear: return last.sourceEnd(at: run.text) == run.source
        case .scaled(let step, _):
            return (run.text - last.text) % step == 0 && last.sourceEnd(at: run.text) == run.source
        }
    }

    private mutating func write(_ run: SourceMapRun, after last: SourceMapRun?) {
        let previous = last ?? SourceMapRun(text: 0, source: 0, shape: .added, line: 0, element: 0)
        let jump = run.source - previous.sourceEnd(at: run.text)
        let line = run.line - previous.line
        let element = run.element - previous.element
        var header: UInt8
        switch run.shape {
        case .linear: header = 0
        case .block: header = 1
        case .added: header = 2
        case .scaled: header = 3
        }
        if jump != 0 { header |= 8 }
        if line != 1 { header |= 16 }
        if element != 0 { header |= 32 }
        bytes.append(header)
        bytes.appendVarint(run.text - previous.text)
        switch run.shape {
        case .block(let count): bytes.appendVarint(count)
        case .scaled(let text, let source): bytes.append(UInt8(truncatingIfNeeded: text << 4 | source))
        default: break
        }
        if jump != 0 { bytes.appendSignedVarint(jump) }
        if line != 1 { bytes.appendSignedVarint(line) }
        if element != 0 { bytes.appendSignedVarint(element) }
    }

    func finish(textCount: Int, elements: ElementTree) -> SourceMap {
        SourceMap(textCount: textCount, runs: bytes, index: index, elements: elements)
    }
}
