/// Keys or values of one layer, `[heads, tokens, headDim]`, growing in tokens.
///
/// Each head's rows are contiguous, which is what attention reads. Capacity grows by half when full, so
/// appending costs amortised constant time per token.
public final class HeadMatrix {
    public let heads: Int
    public let headDim: Int
    /// Tokens in use.
    public private(set) var count = 0
    private(set) var capacity: Int
    private(set) var buffer: AlignedBuffer

    public init(heads: Int, headDim: Int, capacity: Int = 64) {
        precondition(heads > 0 && headDim > 0 && capacity > 0)
        self.heads = heads
        self.headDim = headDim
        self.capacity = capacity
        buffer = AlignedBuffer(count: heads * capacity * headDim)
    }

    /// Makes room for `tokens` in total, keeping what is there.
    public func reserve(_ tokens: Int) {
        guard tokens > capacity else { return }
        let grown = max(tokens, capacity + capacity / 2)
        let larger = AlignedBuffer(count: heads * grown * headDim)
        for head in 0..<heads {
            (larger.base + head * grown * headDim)
                .update(from: buffer.base + head * capacity * headDim, count: count * headDim)
        }
        buffer = larger
        capacity = grown
    }

    /// Sets the number of tokens in use; new ones hold unspecified values until written.
    public func resize(to tokens: Int) {
        precondition(tokens >= 0)
        reserve(tokens)
        count = tokens
    }

    /// Keeps the tokens before `start`, then the tokens at `indices` in that order, and drops the others.
    public func select(_ indices: [Int], from start: Int) {
        precondition(start <= count && indices.allSatisfy { $0 >= start && $0 < count })
        let scratch = AlignedBuffer(count: indices.count * headDim)
        for head in 0..<heads {
            for (place, index) in indices.enumerated() {
                (scratch.base + place * headDim)
                    .update(from: pointer(head: head, token: index), count: headDim)
            }
            pointer(head: head, token: start).update(from: scratch.base, count: indices.count * headDim)
        }
        count = start + indices.count
    }

    /// Token values, `[tokens, heads, headDim]`: the order files and reference values use.
    public func values(_ tokens: Range<Int>) -> [Float] {
        precondition(tokens.upperBound <= count)
        var result: [Float] = []
        result.reserveCapacity(tokens.count * heads * headDim)
        for token in tokens {
            for head in 0..<heads {
                result.append(
                    contentsOf: UnsafeBufferPointer(start: pointer(head: head, token: token), count: headDim))
            }
        }
        return result
    }

    /// Appends tokens given as `[tokens, heads, headDim]`.
    public func append(values: [Float]) {
        let width = heads * headDim
        precondition(values.count % width == 0, "\(values.count) values do not divide into rows of \(width)")
        let start = count
        resize(to: start + values.count / width)
        replace(start..<count, values: values)
    }

    /// Overwrites `tokens` with values given as `[tokens, heads, headDim]`.
    public func replace(_ tokens: Range<Int>, values: [Float]) {
        let width = heads * headDim
        precondition(tokens.upperBound <= count && values.count == tokens.count * width)
        values.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            for (row, token) in tokens.enumerated() {
                for head in 0..<heads {
                    pointer(head: head, token: token)
                        .update(from: base + row * width + head * headDim, count: headDim)
                }
            }
        }
    }

    func pointer(head: Int, token: Int) -> UnsafeMutablePointer<Float> {
        precondition(head >= 0 && head < heads && token >= 0 && token <= capacity)
        return buffer.base + (head * capacity + token) * headDim
    }
}
