/// One encoding in progress: takes a text through every stage, one stretch at a time.
struct EncodingRun {
    private let pipeline: TokenizerPipeline
    private var encoder: BytePairEncoder
    private(set) var sink = TokenSink()
    /// Set to collect the pieces as the model sees them, in place of tokens.
    var pieces: [[UInt8]]?
    /// Whether the text goes on from one before it: nothing is put in front of where it begins.
    var isContinuing = false

    init(_ pipeline: TokenizerPipeline) {
        self.pipeline = pipeline
        encoder = BytePairEncoder(model: pipeline.model)
    }

    /// Adds a token that stands for no text.
    mutating func append(special id: Int32) { sink.append(id, 0, 0) }

    /// Encodes a whole text, which is well-formed UTF-8.
    mutating func encode(_ text: Span<UInt8>) {
        // Room that stays unused costs no memory where the text is long; growing would copy everything.
        sink.reserveCapacity(text.count / (text.count < 1 << 20 ? 4 : 2))
        let range = 0..<text.count
        var cursor = AddedTokenMatcher.Cursor(range)
        while let stretch = pipeline.added.rawMatcher.next(in: text, range, &cursor) {
            if let id = stretch.id {
                sink.append(id, stretch.range.lowerBound, stretch.range.upperBound)
            } else {
                encodeStretch(text, stretch.range)
            }
        }
    }

    /// Encodes text between added tokens.
    private mutating func encodeStretch(_ text: Span<UInt8>, _ range: Range<Int>) {
        var changed: [UInt8]?
        var origin = TextOrigin(base: 0)
        for normalizer in pipeline.normalizers {
            if case .prepend = normalizer, isContinuing, range.lowerBound == 0 { continue }
            let result =
                changed.map { normalizer.apply(to: $0.span, 0..<$0.count) }
                ?? normalizer.apply(to: text, range)
            guard let result else { continue }
            if changed == nil { origin.base = range.lowerBound }
            origin.layers.append(result.edits)
            changed = result.bytes
        }
        guard let changed else { return encodeNormalized(text, range, origin) }
        let first = sink.ids.count
        encodeNormalized(changed.span, 0..<changed.count, origin)
        for (depth, edits) in origin.layers.enumerated().reversed() {
            edits.mapBack(&sink, from: first, base: depth == 0 ? origin.base : 0)
        }
    }

    private mutating func encodeNormalized(_ text: Span<UInt8>, _ range: Range<Int>, _ origin: TextOrigin) {
        var cursor = AddedTokenMatcher.Cursor(range)
        while let stretch = pipeline.added.normalizedMatcher.next(in: text, range, &cursor) {
            if let id = stretch.id {
                sink.append(id, stretch.range.lowerBound, stretch.range.upperBound)
            } else {
                cut(text, stretch.range, origin, step: 0)
            }
        }
    }

    /// Takes a piece through the pre-tokenizers from `step` on.
    private mutating func cut(_ text: Span<UInt8>, _ range: Range<Int>, _ origin: TextOrigin, step: Int) {
        if range.isEmpty { return }
        guard step < pipeline.preTokenizers.count else {
            let hasPrefix = step == 0 && !isAtContinuedStart(range, origin)
            return finish(text, range, prefix: hasPrefix ? pipeline.prefix : [])
        }
        switch pipeline.preTokenizers[step] {
        case .words(let scanner):
            let isLast = step + 1 == pipeline.preTokenizers.count
            var start = range.lowerBound
            while start < range.upperBound {
                let end = scanner.matchEnd(in: text, from: start, end: range.upperBound)
                if isLast {
                    finish(text, start..<end, prefix: [])
                } else {
                    cut(text, start..<end, origin, step: step + 1)
                }
                start = end
            }
        case .text(let pattern, let behavior):
            for piece in TextCutter.pieces(of: text, range, at: pattern, behavior) {
                cut(text, piece, origin, step: step + 1)
            }
        case .digits(let individually):
            for piece in TextCutter.pieces(of: text, range, aroundDigits: individually) {
                cut(text, piece, origin, step: step + 1)
            }
        case .metaspace(let metaspace): cutAtSpaces(text, range, origin, metaspace)
        case .byteLevel(let addsPrefixSpace, let words):
            let isPrefixed =
                addsPrefixSpace && text[range.lowerBound] != 0x20 && !isAtContinuedStart(range, origin)
            cutForBytes(text, range, words, prefix: isPrefixed ? [0x20] : [])
        }
    }

    /// The last step of byte-level tokenizers.
    private mutating func cutForBytes(
        _ text: Span<UInt8>, _ range: Range<Int>, _ words: WordScanner?, prefix: [UInt8]
    ) {
        guard let words else { return finish(text, range, prefix: prefix) }
        // The pattern has to see the prefix, so it looks at a copy that has it.
        let copy = prefix.isEmpty ? [] : prefix + text.array(range)
        var start = 0
        let end = prefix.count + range.count
        let base = range.lowerBound - prefix.count
        while start < end {
            let next =
                prefix.isEmpty
                ? words.matchEnd(in: text, from: base + start, end: range.upperBound) - base
                : words.matchEnd(in: copy.span, from: start, end: end)
            let piece = max(base + start, range.lowerBound)..<base + next
            finish(text, piece, prefix: start == 0 ? prefix : [])
            start = next
        }
    }

    /// Cuts before every space, which the model reads as the replacement character.
    private mutating func cutAtSpaces(
        _ text: Span<UInt8>, _ range: Range<Int>, _ origin: TextOrigin, _ metaspace: PreTokenizer.Metaspace
    ) {
        var replacement: [UInt8] = []
        replacement.append(scalar: metaspace.replacement)
        func isSpace(_ index: Int) -> Bool {
            text[index] == 0x20 || text.matches(replacement, at: index, end: range.upperBound)
        }
        var prefix: [UInt8] = []
        if !isSpace(range.lowerBound), !isAtContinuedStart(range, origin) {
            switch metaspace.prepending {
            case .always: prefix = replacement
            case .first where isAtStart(range, origin): prefix = replacement
            case .first, .never: break
            }
        }
        var start = range.lowerBound
        if metaspace.splits {
            for index in range.dropFirst() where isSpace(index) {
                finish(text, start..<index, prefix: prefix)
                prefix = []
                start = index
            }
        }
        finish(text, start..<range.upperBound, prefix: prefix)
    }

    /// Whether a piece that is not empty begins where the text does.
    private func isAtStart(_ range: Range<Int>, _ origin: TextOrigin) -> Bool {
        origin.range(range.lowerBound..<range.lowerBound + 1).lowerBound == 0
    }

    private func isAtContinuedStart(_ range: Range<Int>, _ origin: TextOrigin) -> Bool {
        isContinuing && isAtStart(range, origin)
    }

    @inline(__always)
    private mutating func finish(_ text: Span<UInt8>, _ range: Range<Int>, prefix: [UInt8]) {
        if pieces == nil { return encoder.encode(text, range, prefix: prefix, into: &sink) }
        let spelling = pipeline.model.spelling(of: text, range)
        pieces?.append(pipeline.model.spelling(of: prefix.span, 0..<prefix.count) + spelling)
    }

    /// Takes offsets back to the bytes that the text was made from.
    mutating func mapBack(through edits: TextEdits) { edits.mapBack(&sink, from: 0, base: 0) }

    /// Takes white space out of the offsets, where the tokenizer asks for it.
    mutating func trimOffsets() {
        pipeline.postProcessor.trimOffsets(&sink) { pipeline.spaces(around: $0) }
    }
}

/// Where a text comes from: a stretch of the input, through the edits of some normalizers.
struct TextOrigin {
    /// Where the stretch begins in the input; 0 if the text is the input itself.
    var base: Int
    /// The edits, in the order they were made.
    var layers: [TextEdits] = []

    /// The range of the input that a range of the text came from.
    func range(_ range: Range<Int>) -> Range<Int> {
        var range = range
        for edits in layers.reversed() { range = edits.oldRange(of: range) }
        return range.lowerBound + base..<range.upperBound + base
    }
}
