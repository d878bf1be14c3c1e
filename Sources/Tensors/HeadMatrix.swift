internal import CKernels

/// Keys or values of one layer, `[heads, tokens, headDim]`, growing in tokens.
///
/// Each head's rows are contiguous, which is what attention reads. Capacity grows by half when full, so
/// appending costs amortised constant time per token. The first tokens may be shared with other matrices, see
/// ``share()``.
public final class HeadMatrix {
    public let heads: Int
    public let headDim: Int
    public let storage: HeadStorage
    /// Tokens in use.
    public private(set) var count = 0
    /// Tokens beside the shared ones that there is room for, and where they lie.
    var ownCapacity: Int
    var buffer: AlignedBuffer
    /// The first tokens, where they are shared.
    var shared: SharedTokens?

    public init(heads: Int, headDim: Int, capacity: Int = 64, storage: HeadStorage = .f32) {
        precondition(heads > 0 && headDim > 0 && capacity > 0)
        self.heads = heads
        self.headDim = headDim
        self.storage = storage
        ownCapacity = capacity
        buffer = AlignedBuffer(size: heads * capacity * headDim * storage.bytesPerValue)
    }

    /// Tokens that there is room for.
    public var capacity: Int { sharedCount + ownCapacity }

    /// Bytes set aside, used or not, shared ones included.
    public var byteCount: Int { ownByteCount + (shared?.buffer.size ?? 0) }

    /// Bytes set aside for what is not shared.
    public var ownByteCount: Int { buffer.size }

    /// Makes room for `tokens` in each of several matrices that have none yet, in one piece, so that the system hands
    /// out few large pages instead of many small ones.
    public static func reserve(_ tokens: Int, inEmpty matrices: [HeadMatrix]) {
        precondition(matrices.allSatisfy { $0.count == 0 && $0.shared == nil })
        let wanting = matrices.filter { $0.ownCapacity < tokens }
        let sizes = wanting.map { ($0.heads * tokens * $0.rowBytes + 63) / 64 * 64 }
        let whole = AlignedBuffer(size: sizes.reduce(0, +))
        var start = 0
        for (matrix, size) in zip(wanting, sizes) {
            matrix.buffer = AlignedBuffer(start..<start + size, of: whole)
            matrix.ownCapacity = tokens
            start += size
        }
    }

    /// Makes room for `tokens` in total, keeping what is there.
    public func reserve(_ tokens: Int) {
        guard tokens > capacity else { return }
        // From nothing exactly what is asked for, afterwards by half, so that appending moves each token a few times.
        let own = tokens - sharedCount
        move(from: sharedCount, capacity: count == 0 ? own : max(own, ownCapacity + ownCapacity / 2))
    }

    /// Sets the number of tokens in use; new ones hold unspecified values until written.
    public func resize(to tokens: Int) {
        precondition(tokens >= 0)
        own(from: tokens)
        reserve(tokens)
        count = tokens
    }

    /// Keeps the tokens before `start`, then the tokens at `indices` in that order, and drops the others.
    ///
    /// A token may be there twice, so that there are more afterwards than before.
    public func select(_ indices: [Int], from start: Int) {
        precondition(start >= 0 && start <= count && indices.allSatisfy { $0 >= start && $0 < count })
        own(from: start)
        reserve(start + indices.count)
        let scratch = AlignedBuffer(size: indices.count * rowBytes)
        for head in 0..<heads {
            for (place, index) in indices.enumerated() {
                (scratch.base + place * rowBytes)
                    .copyMemory(from: pointer(head: head, token: index), byteCount: rowBytes)
            }
            pointer(head: head, token: start)
                .copyMemory(from: scratch.base, byteCount: indices.count * rowBytes)
        }
        count = start + indices.count
    }

    /// Token values, `[tokens, heads, headDim]`: the order files and reference values use.
    public func values(_ tokens: Range<Int>) -> [Float] {
        precondition(tokens.lowerBound >= 0 && tokens.upperBound <= count)
        let width = heads * headDim
        return [Float](unsafeUninitializedCapacity: tokens.count * width) { target, written in
            written = tokens.count * width
            guard let base = target.baseAddress else { return }
            for head in 0..<heads {
                for token in tokens {
                    convert(
                        pointer(head: head, token: token), storage,
                        to: base + (token - tokens.lowerBound) * width + head * headDim, .f32, count: headDim)
                }
            }
        }
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
    public func replace(_ tokens: Range<Int>, values: some Collection<Float>) {
        let width = heads * headDim
        precondition(tokens.lowerBound >= 0 && tokens.upperBound <= count)
        precondition(values.count == tokens.count * width)
        own(from: tokens.lowerBound)
        let isContiguous: Void? = values.withContiguousStorageIfAvailable { source in
            guard let base = source.baseAddress else { return }
            for head in 0..<heads {
                for token in tokens {
                    convert(
                        base + (token - tokens.lowerBound) * width + head * headDim, .f32,
                        to: pointer(head: head, token: token), storage, count: headDim)
                }
            }
        }
        if isContiguous == nil { replace(tokens, values: Array(values)) }
    }

    var rowBytes: Int { headDim * storage.bytesPerValue }

    private func convert(
        _ source: UnsafeRawPointer, _ from: HeadStorage, to target: UnsafeMutableRawPointer,
        _ to: HeadStorage,
        count: Int
    ) {
        let kernels = pharos_kernels_default()
        if from == .f32 {
            pharos_from_float(kernels, to.type, source.assumingMemoryBound(to: Float.self), target, count)
        } else {
            pharos_to_float(kernels, from.type, source, target.assumingMemoryBound(to: Float.self), count)
        }
    }

    func pointer(head: Int, token: Int) -> UnsafeMutableRawPointer {
        precondition(head >= 0 && head < heads && token >= 0 && token <= capacity)
        if let shared, token < shared.count {
            return shared.buffer.base + (head * shared.capacity + token) * rowBytes
        }
        return buffer.base + (head * ownCapacity + token - sharedCount) * rowBytes
    }

    /// What kernels see of it.
    var view: pharos_heads {
        pharos_heads(
            base: buffer.base, head_stride: ownCapacity * headDim, shared: shared?.buffer.base,
            shared_stride: (shared?.capacity ?? 0) * headDim, shared_count: sharedCount, type: storage.type)
    }
}
