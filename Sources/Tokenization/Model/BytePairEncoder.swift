/// Turns pieces of text into tokens; holds the working memory of one call.
struct BytePairEncoder {
    let model: BytePairModel
    private var merger = SymbolMerger()
    private var cache = PieceCache()
    /// Whether the piece so far, and the symbols in the merger, stand for bytes of the text, one unit each.
    private var isPieceRegular = true
    private var isRunRegular = true
    /// Whether tokens of the piece share their start, as those of a replaced unit spelt in bytes do.
    private var hasSharedStarts = false
    /// Where an unknown unit began that has no token yet.
    private var pendingUnknown: Int?

    init(model: BytePairModel) { self.model = model }

    /// Appends the tokens of a piece.
    ///
    /// `prefix` is text that comes before the piece but is not in the input: its tokens have no extent of their
    /// own, and start where the piece starts.
    mutating func encode(
        _ text: Span<UInt8>, _ range: Range<Int>, prefix: [UInt8], into sink: inout TokenSink
    ) {
        if range.isEmpty && prefix.isEmpty { return }
        let isCacheable = model.isByteLevel && prefix.isEmpty && range.count <= PieceCache.longestPiece
        if isCacheable, cache.emit(text, range, into: &sink) { return }
        let first = sink.ids.count
        isPieceRegular = true
        if model.ignoresMerges, let id = wholeToken(text, range, prefix) {
            sink.append(id, range.lowerBound, range.upperBound)
        } else {
            isRunRegular = true
            appendUnits(of: prefix, at: range.lowerBound, into: &sink)
            hasSharedStarts = false
            if model.isByteLevel, model.joints.knowsBytes {
                encodeBytes(text, range, into: &sink)
            } else if model.isByteLevel {
                encodeIncompleteAlphabet(text, range, into: &sink)
            } else {
                encodeScalars(text, range, into: &sink)
            }
            flushUnknown(text, into: &sink)
            flush(text, range.upperBound, into: &sink)
            if hasSharedStarts { shareEnds(from: first, in: &sink) }
        }
        if isCacheable, isPieceRegular { cache.store(text, range, sink, from: first) }
    }

    private func wholeToken(_ text: Span<UInt8>, _ range: Range<Int>, _ prefix: [UInt8]) -> Int32? {
        if !model.isByteLevel, model.aliases.isEmpty, prefix.isEmpty {
            return model.vocabulary.id(of: text, range)
        }
        let spelling = model.spelling(of: text, range)
        if prefix.isEmpty { return model.vocabulary.id(of: spelling) }
        return model.vocabulary.id(of: model.spelling(of: prefix.span, 0..<prefix.count) + spelling)
    }

    /// Adds the units of text that the input lacks, all starting at one place.
    private mutating func appendUnits(of prefix: [UInt8], at start: Int, into sink: inout TokenSink) {
        if prefix.isEmpty { return }
        let bytes = prefix.span
        var index = 0
        while index < bytes.count {
            isPieceRegular = false
            isRunRegular = false
            let scalar = bytes.scalar(at: index)
            let length = model.isByteLevel ? 1 : scalar.length
            let id = model.isByteLevel ? model.byteUnits[Int(bytes[index])] : model.unit(of: scalar.value)
            if id >= 0 {
                appendKnown(bytes, id, at: start, into: &sink)
            } else {
                appendIrregular(
                    bytes, model.spelling(of: bytes, index..<index + length), at: start, into: &sink)
            }
            isRunRegular = false
            index += length
        }
    }

    @inline(__always)
    private mutating func appendKnown(
        _ text: Span<UInt8>, _ id: Int32, at start: Int, into sink: inout TokenSink
    ) {
        if pendingUnknown != nil { flushUnknown(text, into: &sink) }
        if let last = merger.ids.last, !model.joints.joins(last, id) { flush(text, start, into: &sink) }
        merger.append(id, start)
    }

    private mutating func encodeBytes(
        _ text: Span<UInt8>, _ range: Range<Int>, into sink: inout TokenSink
    ) {
        var previous: UInt8 = 0
        for index in range {
            let byte = text[index]
            let id = model.byteUnits[Int(byte)]
            if index > range.lowerBound, model.joints.joins(byte: previous, byte) {
                merger.append(id, index)
            } else {
                appendKnown(text, id, at: index, into: &sink)
            }
            previous = byte
        }
    }

    private mutating func encodeIncompleteAlphabet(
        _ text: Span<UInt8>, _ range: Range<Int>, into sink: inout TokenSink
    ) {
        for index in range {
            let byte = text[index]
            let id = model.byteUnits[Int(byte)]
            if id >= 0 {
                appendKnown(text, id, at: index, into: &sink)
            } else {
                appendIrregular(text, ByteLevelAlphabet.encoded[Int(byte)], at: index, into: &sink)
            }
        }
    }

    private mutating func encodeScalars(
        _ text: Span<UInt8>, _ range: Range<Int>, into sink: inout TokenSink
    ) {
        var index = range.lowerBound
        while index < range.upperBound {
            let (scalar, length) = text.scalar(at: index)
            let id = model.unit(of: scalar)
            if id >= 0 {
                appendKnown(text, id, at: index, into: &sink)
            } else if let alias = model.aliases.first(where: { $0.scalar == scalar }) {
                var spelling: [UInt8] = []
                spelling.append(scalar: alias.standsFor)
                appendIrregular(text, spelling, at: index, into: &sink)
            } else {
                let spelling = text.array(index..<index + length)
                appendIrregular(text, spelling, at: index, advancing: true, into: &sink)
            }
            index += length
        }
    }
}

extension BytePairEncoder {
    /// Adds a unit that is no token: as tokens of its bytes, as unknown, or not at all.
    ///
    /// An unknown unit waits, to be fused with the next; tokens of bytes do not end its waiting.
    private mutating func appendIrregular(
        _ text: Span<UInt8>, _ spelling: [UInt8], at start: Int, advancing: Bool = false,
        into sink: inout TokenSink
    ) {
        if !model.fallbackIDs.isEmpty, spelling.allSatisfy({ model.fallbackIDs[Int($0)] >= 0 }) {
            for (offset, byte) in spelling.enumerated() {
                appendSpecial(
                    text, model.fallbackIDs[Int(byte)], at: advancing ? start + offset : start, &sink)
            }
            if !advancing, spelling.count > 1 { hasSharedStarts = true }
        } else if model.unknownID == nil {
            isPieceRegular = false
            isRunRegular = false
        } else if pendingUnknown == nil || !model.fusesUnknown {
            flushUnknown(text, into: &sink)
            pendingUnknown = start
        }
    }

    private mutating func flushUnknown(_ text: Span<UInt8>, into sink: inout TokenSink) {
        guard let start = pendingUnknown, let id = model.unknownID else { return }
        pendingUnknown = nil
        // Tokens of bytes may have overtaken it; ranges never run backwards.
        appendSpecial(text, id, at: max(start, Int(merger.starts.last ?? 0)), &sink)
    }

    private mutating func appendSpecial(
        _ text: Span<UInt8>, _ id: Int32, at start: Int, _ sink: inout TokenSink
    ) {
        if let last = merger.ids.last, !model.joints.joins(last, id) { flush(text, start, into: &sink) }
        merger.append(id, start)
        isPieceRegular = false
        isRunRegular = false
    }

    /// Merges the symbols at hand and appends the tokens; the last one ends at `end`.
    private mutating func flush(_ text: Span<UInt8>, _ end: Int, into sink: inout TokenSink) {
        let count = merger.ids.count
        if count == 0 { return }
        let start = Int(merger.starts[0])
        let isCacheable =
            !model.isByteLevel && isRunRegular && count > 2 && end - start <= PieceCache.longestPiece
        isRunRegular = true
        if isCacheable, cache.emit(text, start..<end, into: &sink) {
            merger.removeAll()
            return
        }
        merger.merge(model.merges)
        let first = sink.ids.count
        let left = merger.ids.count
        for index in 0..<left {
            let tokenEnd = index + 1 < left ? Int(merger.starts[index + 1]) : end
            sink.append(merger.ids[index], Int(merger.starts[index]), tokenEnd)
        }
        if isCacheable { cache.store(text, start..<end, sink, from: first) }
        merger.removeAll()
    }

    /// Gives tokens that share their start, being the bytes of one replaced unit, its whole extent.
    private func shareEnds(from first: Int, in sink: inout TokenSink) {
        var index = sink.ids.count - 2
        while index >= first {
            if sink.starts[index] == sink.ends[index], sink.starts[index + 1] == sink.starts[index] {
                sink.ends[index] = sink.ends[index + 1]
            }
            index -= 1
        }
    }
}
