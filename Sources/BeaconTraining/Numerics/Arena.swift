/// Scratch memory handed out in order and taken back all at once, so that steps do not allocate.
///
/// A step's activations are as large as the caches of the machine many times over; asking the system for
/// them anew would cost a page fault for every 4 KB.
final class Arena {
    private var blocks: [FloatStorage] = []
    private var used = 0
    private var block = 0
    /// Floats handed out since the last reset, and the most ever.
    private(set) var inUse = 0
    private(set) var peak = 0

    /// A place to come back to with `release(to:)`.
    struct Mark {
        fileprivate let block: Int
        fileprivate let used: Int
        fileprivate let inUse: Int
    }

    /// `count` floats with unspecified values, 64-byte aligned.
    func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        let rounded = (count + 15) & ~15
        while block < blocks.count, blocks[block].count - used < rounded {
            block += 1
            used = 0
        }
        if block == blocks.count { blocks.append(FloatStorage(count: max(rounded, 1 << 20))) }
        defer {
            used += rounded
            inUse += rounded
            peak = max(peak, inUse)
        }
        return blocks[block].base + used
    }

    /// `count` zeros.
    func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
        let result = floats(count)
        result.update(repeating: 0, count: count)
        return result
    }

    func mark() -> Mark { Mark(block: block, used: used, inUse: inUse) }

    /// Takes back everything handed out since `mark`.
    func release(to mark: Mark) {
        block = mark.block
        used = mark.used
        inUse = mark.inUse
    }

    /// Takes back everything; several blocks become one.
    func reset() {
        if blocks.count > 1 {
            let total = blocks.reduce(0) { $0 + $1.count }
            blocks = []
            blocks = [FloatStorage(count: total)]
        }
        block = 0
        used = 0
        inUse = 0
    }
}
