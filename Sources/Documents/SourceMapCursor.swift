/// Walks the coded runs of a source map. Every step checks what it reads: maps come from files.
struct SourceMapCursor {
    private let runs: [UInt8]
    /// Where the next run's code starts.
    private(set) var offset: Int
    private(set) var run: SourceMapRun?

    init(runs: [UInt8]) {
        self.runs = runs
        offset = 0
    }

    /// Stands on the run of an index entry.
    init(runs: [UInt8], entry: SourceMap.IndexEntry) {
        self.runs = runs
        offset = entry.offset
        run = entry.state
    }

    /// The text offset of the next run, `nil` when there is none.
    func peekText() -> Int? {
        guard offset < runs.count else { return nil }
        var at = offset + 1
        guard let delta = runs.readVarint(&at) else { return nil }
        return (run?.text ?? 0) + delta
    }

    /// Steps to the next run; false at the end and at a code that makes no sense.
    mutating func advance() -> Bool {
        guard let next = decode() else { return false }
        run = next
        return true
    }

    private mutating func decode() -> SourceMapRun? {
        guard offset < runs.count else { return nil }
        let previous = run ?? SourceMapRun(text: 0, source: 0, shape: .added, line: 0, element: 0)
        var at = offset
        let header = runs[at]
        at += 1
        guard let delta = runs.readVarint(&at), header < 64, header & 4 == 0 else { return nil }
        let text = previous.text + delta
        let shape: SourceMapRun.Shape
        switch header & 3 {
        case 0: shape = .linear
        case 1:
            guard let count = runs.readVarint(&at) else { return nil }
            shape = .block(count: count)
        case 2: shape = .added
        default:
            guard at < runs.count else { return nil }
            let steps = (Int(runs[at]) >> 4, Int(runs[at]) & 15)
            guard steps.0 > 0, steps.1 > 0 else { return nil }
            shape = .scaled(text: steps.0, source: steps.1)
            at += 1
        }
        var source = previous.sourceEnd(at: text)
        var line = previous.line + 1
        var element = previous.element
        if header & 8 != 0 {
            guard let jump = runs.readSignedVarint(&at) else { return nil }
            source += jump
        }
        if header & 16 != 0 {
            guard let change = runs.readSignedVarint(&at) else { return nil }
            line = previous.line + change
        }
        if header & 32 != 0 {
            guard let change = runs.readSignedVarint(&at) else { return nil }
            element += change
        }
        guard source >= 0, line >= 0, element >= 0, max(source, line, element, text) < 1 << 56 else {
            return nil
        }
        offset = at
        return SourceMapRun(text: text, source: source, shape: shape, line: line, element: element)
    }
}
