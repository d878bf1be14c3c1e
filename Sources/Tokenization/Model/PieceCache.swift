/// Remembers the tokens of short pieces, which a text repeats over and over.
///
/// It belongs to one call of the encoder. When it is full it starts anew, so its memory is bounded.
struct PieceCache {
    /// Longer pieces are not remembered.
    static let longestPiece = 48

    private static let maximumCount = 1 << 16
    private var slots: [Int32]
    private var keyStarts: [Int32] = [0]
    private var keys: [UInt8] = []
    private var valueStarts: [Int32] = [0]
    private var ids: [Int32] = []
    private var lengths: [UInt8] = []

    init() { slots = [Int32](repeating: -1, count: 512) }

    /// Appends the tokens of a piece to the sink, if they are known.
    @inline(__always)
    func emit(_ text: Span<UInt8>, _ range: Range<Int>, into sink: inout TokenSink) -> Bool {
        let entry = slots[slot(of: text, range)]
        if entry < 0 { return false }
        var position = range.lowerBound
        for index in Int(valueStarts[Int(entry)])..<Int(valueStarts[Int(entry) + 1]) {
            let end = position + Int(lengths[index])
            sink.append(ids[index], position, end)
            position = end
        }
        return true
    }

    /// Remembers the tokens that the sink holds from `first` on as those of a piece, which they tile.
    mutating func store(_ text: Span<UInt8>, _ range: Range<Int>, _ sink: TokenSink, from first: Int) {
        if keyStarts.count > Self.maximumCount { self = PieceCache() }
        if keyStarts.count * 2 > slots.count { grow() }
        slots[slot(of: text, range)] = Int32(keyStarts.count - 1)
        for index in range { keys.append(text[index]) }
        keyStarts.append(Int32(keys.count))
        for index in first..<sink.ids.count {
            ids.append(sink.ids[index])
            lengths.append(UInt8(truncatingIfNeeded: sink.ends[index] - sink.starts[index]))
        }
        valueStarts.append(Int32(ids.count))
    }

    @inline(__always)
    private func slot(of text: Span<UInt8>, _ range: Range<Int>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: text.hash(range)) & mask
        while true {
            let entry = Int(slots[slot])
            if entry < 0 { return slot }
            let start = Int(keyStarts[entry])
            if Int(keyStarts[entry + 1]) - start == range.count {
                var offset = 0
                while offset < range.count, keys[start + offset] == text[range.lowerBound + offset] {
                    offset += 1
                }
                if offset == range.count { return slot }
            }
            slot = (slot + 1) & mask
        }
    }

    private mutating func grow() {
        let mask = slots.count * 4 - 1
        slots = [Int32](repeating: -1, count: mask + 1)
        for entry in 0..<keyStarts.count - 1 {
            var slot =
                Int(truncatingIfNeeded: keys.span.hash(Int(keyStarts[entry])..<Int(keyStarts[entry + 1])))
                & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(entry)
        }
    }
}
