/// Maps a pair of token ids to a number: the rank of its merge, or nothing.
struct PairTable: Sendable {
    /// What the table answers for pairs it does not hold.
    static let absent = UInt32.max

    private var keys: [UInt64]
    private var values: [UInt32]
    private(set) var count = 0
    private var shift: UInt64
    private static let empty = UInt64.max

    /// An empty table with room for `capacity` pairs.
    init(capacity: Int) {
        var bits: UInt64 = 4
        while 1 << bits < capacity * 2 { bits += 1 }
        keys = [UInt64](repeating: Self.empty, count: 1 << bits)
        values = [UInt32](repeating: Self.absent, count: 1 << bits)
        shift = 64 - bits
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while keys[slot] != key && keys[slot] != Self.empty { slot = (slot + 1) & mask }
        return slot
    }

    @inline(__always)
    private func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// The number of a pair of ids, `absent` if there is none.
    @inline(__always)
    subscript(left: Int32, right: Int32) -> UInt32 {
        get { values[slot(of: key(left, right))] }
        set {
            if (count + 1) * 2 > keys.count { grow() }
            let slot = self.slot(of: key(left, right))
            if keys[slot] == Self.empty { count += 1 }
            keys[slot] = key(left, right)
            values[slot] = newValue
        }
    }

    private mutating func grow() {
        let old = (keys, values)
        self = PairTable(capacity: keys.count)
        for index in old.0.indices where old.0[index] != Self.empty {
            let slot = self.slot(of: old.0[index])
            keys[slot] = old.0[index]
            values[slot] = old.1[index]
            count += 1
        }
    }
}
