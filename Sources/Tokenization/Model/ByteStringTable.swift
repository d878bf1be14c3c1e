/// Distinct byte strings, numbered in the order of their insertion, with a hash index over them.
struct ByteStringTable: Sendable {
    private var arena: [UInt8] = []
    private var starts: [Int32] = [0]
    private var slots: [Int32]

    /// An empty table with room for `capacity` strings.
    init(capacity: Int = 0) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        starts.reserveCapacity(capacity + 1)
    }

    /// How many strings the table holds.
    var count: Int { starts.count - 1 }

    /// How many bytes the strings have together.
    var byteCount: Int { arena.count }

    /// The bytes of the string numbered `index`.
    subscript(index: Int) -> ArraySlice<UInt8> { arena[Int(starts[index])..<Int(starts[index + 1])] }

    /// Adds a string; false if the table has it already.
    mutating func insert(_ bytes: [UInt8]) -> Bool {
        if count * 2 >= slots.count { grow() }
        let slot = self.slot(of: bytes.span, 0..<bytes.count)
        guard slots[slot] < 0 else { return false }
        slots[slot] = Int32(count)
        arena.append(contentsOf: bytes)
        starts.append(Int32(arena.count))
        return true
    }

    /// The number of a string, or nil.
    func index(of bytes: [UInt8]) -> Int? { index(of: bytes.span, 0..<bytes.count) }

    /// The number of the string that stands in a range of a text, or nil.
    func index(of text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let found = slots[slot(of: text, range)]
        return found < 0 ? nil : Int(found)
    }

    private func slot(of text: Span<UInt8>, _ range: Range<Int>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: text.hash(range)) & mask
        while true {
            let candidate = slots[slot]
            if candidate < 0 || isEqual(Int(candidate), text, range) { return slot }
            slot = (slot + 1) & mask
        }
    }

    private func isEqual(_ index: Int, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let start = Int(starts[index])
        guard Int(starts[index + 1]) - start == range.count else { return false }
        for offset in 0..<range.count where arena[start + offset] != text[range.lowerBound + offset] {
            return false
        }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in 0..<count {
            let bytes = Array(self[index])
            slots[slot(of: bytes.span, 0..<bytes.count)] = Int32(index)
        }
    }
}

extension Span where Element == UInt8 {
    /// A hash of the bytes of a range (FNV-1a, folded): equal in every run, and good enough for short words.
    @inline(__always)
    func hash(_ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(self[index])) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 29)
    }
}
