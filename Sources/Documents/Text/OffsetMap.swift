/// The way from offsets in decoded bytes back to offsets in the bytes they were decoded from.
struct OffsetMap {
    private struct Run {
        var inner: Int
        var origin: TextBuilder.Origin
    }

    private var runs: [Run] = []
    private var count = 0
    private let shift: Int?

    /// The decoded bytes are the source's, from an offset on.
    init(identityFrom shift: Int = 0) { self.shift = shift }

    /// An empty map, to be filled piece by piece.
    init(pieces: Void) { shift = nil }

    /// Appends `count` decoded bytes.
    mutating func append(_ count: Int, from origin: TextBuilder.Origin) {
        if let last = runs.last, continues(last, origin) {
            self.count += count
            return
        }
        runs.append(Run(inner: self.count, origin: origin))
        self.count += count
    }

    private func continues(_ run: Run, _ origin: TextBuilder.Origin) -> Bool {
        let length = count - run.inner
        switch (run.origin, origin) {
        case (.linear(let a), .linear(let b)): return a + length == b
        case (.scaled(let a, let text, let source), .scaled(let b, let otherText, let otherSource)):
            return text == otherText && source == otherSource && a + length / text * source == b
        default: return false
        }
    }

    /// Forgets everything before an offset, which is not asked for again.
    mutating func forget(before offset: Int) {
        guard shift == nil, runs.count > 256 else { return }
        let keep = index(of: offset)
        if keep > 128 { runs.removeFirst(keep) }
    }

    private func index(of offset: Int) -> Int {
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].inner <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// The source offset of a decoded byte.
    func source(of offset: Int) -> Int {
        if let shift { return offset + shift }
        guard !runs.isEmpty else { return 0 }
        let run = runs[index(of: offset)]
        switch run.origin {
        case .linear(let source): return source + max(offset - run.inner, 0)
        case .scaled(let source, let text, let step): return source + max(offset - run.inner, 0) / text * step
        case .block(let range): return offset >= count ? range.upperBound : range.lowerBound
        case .added: return 0
        }
    }

    /// The end of the source bytes that a decoded byte stands for.
    func sourceEnd(of offset: Int) -> Int {
        if let shift { return offset + shift + 1 }
        guard !runs.isEmpty else { return 0 }
        let run = runs[index(of: offset)]
        let inner = max(offset - run.inner, 0)
        switch run.origin {
        case .linear(let source): return source + inner + 1
        case .scaled(let source, let text, let step): return source + (inner / text + 1) * step
        case .block(let range): return range.upperBound
        case .added: return 0
        }
    }

    /// Hands over the stretches that `length` decoded bytes from `offset` on consist of.
    func forEachPiece(from offset: Int, count length: Int, _ body: (Int, TextBuilder.Origin) throws -> Void)
        rethrows
    {
        if let shift {
            try body(length, .linear(offset + shift))
            return
        }
        guard !runs.isEmpty else { return }
        var at = offset
        let end = offset + length
        var number = index(of: offset)
        while at < end, number < runs.count {
            let run = runs[number]
            let next = number + 1 < runs.count ? runs[number + 1].inner : max(count, end)
            let stop = min(end, next)
            if stop > at {
                switch run.origin {
                case .linear(let source): try body(stop - at, .linear(source + at - run.inner))
                case .scaled(let source, let text, let step):
                    let origin = source + (at - run.inner) / text * step
                    try body(stop - at, .scaled(origin, text: text, source: step))
                case .block, .added: try body(stop - at, run.origin)
                }
                at = stop
            }
            number += 1
        }
    }
}
