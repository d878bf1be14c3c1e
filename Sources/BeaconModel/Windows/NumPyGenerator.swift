/// The random generator that the reference draws ratios with: NumPy's `default_rng(seed)`, PCG64.
///
/// Bit for bit, so that `step-random` and `instance-random` choose the published implementation's ratios.
public struct NumPyGenerator: Sendable, Hashable {
    private var state: UInt128
    private let increment: UInt128
    private var spare: UInt32?

    /// - Parameter seed: the one word of entropy given to `default_rng`.
    public init(seed: UInt32) {
        let words = Self.seedSequence(entropy: seed)
        func wide(_ index: Int) -> UInt128 {
            let high = UInt64(words[index]) | UInt64(words[index + 1]) << 32
            let low = UInt64(words[index + 2]) | UInt64(words[index + 3]) << 32
            return UInt128(high) << 64 | UInt128(low)
        }
        increment = wide(4) << 1 | 1
        state = 0
        step()
        state &+= wide(0)
        step()
    }

    /// A uniform integer in `0..<bound`, as `Generator.integers(0, bound)` draws it.
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0 && bound <= UInt32.max, "bound \(bound) is outside 1...2³²-1")
        guard bound > 1 else { return 0 }
        let range = UInt64(bound)
        var product = UInt64(next32()) * range
        if UInt64(UInt32(truncatingIfNeeded: product)) < range {
            let threshold = (UInt64(UInt32.max) - (range - 1)) % range
            while UInt64(UInt32(truncatingIfNeeded: product)) < threshold {
                product = UInt64(next32()) * range
            }
        }
        return Int(product >> 32)
    }

    private mutating func step() {
        let multiplier = UInt128(2_549_297_995_355_413_924) << 64 | UInt128(4_865_540_595_714_422_341)
        state = state &* multiplier &+ increment
    }

    private mutating func next64() -> UInt64 {
        step()
        let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
        let turn = UInt64(truncatingIfNeeded: state >> 122)
        return folded >> turn | folded << (64 &- turn & 63)
    }

    private mutating func next32() -> UInt32 {
        if let word = spare {
            spare = nil
            return word
        }
        let word = next64()
        spare = UInt32(truncatingIfNeeded: word >> 32)
        return UInt32(truncatingIfNeeded: word)
    }

    /// `SeedSequence(entropy).generate_state(4, uint64)` as 32-bit words, low word first.
    private static func seedSequence(entropy: UInt32) -> [UInt32] {
        var constant: UInt32 = 0x43b0_d7e5
        func mixIn(_ word: UInt32) -> UInt32 {
            var value = word ^ constant
            constant &*= 0x931e_8875
            value &*= constant
            return value ^ value >> 16
        }
        func mix(_ x: UInt32, _ y: UInt32) -> UInt32 {
            let value = 0xca01_f9dd &* x &- 0x4973_f715 &* y
            return value ^ value >> 16
        }
        var pool = [mixIn(entropy), mixIn(0), mixIn(0), mixIn(0)]
        for source in 0..<4 {
            for target in 0..<4 where target != source {
                pool[target] = mix(pool[target], mixIn(pool[source]))
            }
        }
        var output: UInt32 = 0x8b51_f9dd
        return (0..<8).map { index in
            var value = pool[index % 4] ^ output
            output &*= 0x58f3_8ded
            value &*= output
            return value ^ value >> 16
        }
    }
}
