/// A stretch of text that came from the source in one way; it ends where the next run starts.
struct SourceMapRun: Sendable, Hashable {
    /// How source bytes became text bytes.
    enum Shape: Sendable, Hashable {
        /// Byte for byte.
        case linear
        /// In steps: each `source` bytes became `text` bytes (characters of a fixed width in another encoding).
        case scaled(text: Int, source: Int)
        /// `count` source bytes became all of the run's text: a reference, folded white space, composed characters.
        case block(count: Int)
        /// No source: the reader put it there.
        case added
    }

    var text: Int
    var source: Int
    var shape: Shape
    var line: Int
    /// Node of the element tree, 0 for none.
    var element: Int

    /// The source bytes behind the byte of text at `offset`, which must lie in the run.
    func sourceBytes(at offset: Int) -> Range<Int>? {
        switch shape {
        case .linear:
            return source + offset - text..<source + offset - text + 1
        case .scaled(let textStep, let sourceStep):
            let start = source + (offset - text) / textStep * sourceStep
            return start..<start + sourceStep
        case .block(let count):
            return source..<source + count
        case .added:
            return nil
        }
    }

    /// Where the source stands at the end of the run, when the next starts at `offset`.
    func sourceEnd(at offset: Int) -> Int {
        switch shape {
        case .linear: source + (offset - text)
        case .scaled(let textStep, let sourceStep):
            source + (offset - text + textStep - 1) / textStep * sourceStep
        case .block(let count): source + count
        case .added: source
        }
    }
}
