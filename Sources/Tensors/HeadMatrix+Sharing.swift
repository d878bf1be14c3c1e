internal import CKernels

extension HeadMatrix {
    /// Tokens at the beginning that are read where other matrices read them too.
    public var sharedCount: Int { shared?.count ?? 0 }

    /// Shares the tokens in use with the matrices that begin with them from now on, each of which holds only what it adds.
    ///
    /// Whoever writes to a shared token, drops or moves it, this matrix included, gets a copy from there on first; nobody
    /// else notices.
    @discardableResult
    public func share() -> SharedHeads {
        let whole = count / Self.sharedMultiple * Self.sharedMultiple
        if whole > sharedCount {
            own(from: 0)
            let tokens = SharedTokens(buffer: buffer, capacity: ownCapacity, count: whole)
            move(from: whole, capacity: max(1, count - whole))
            shared = tokens
        }
        let rest = count - sharedCount
        return SharedHeads(
            heads: heads, headDim: headDim, storage: storage, tokens: shared,
            rest: SharedTokens(buffer: copy(from: sharedCount, capacity: rest), capacity: rest, count: rest))
    }

    /// Begins with shared tokens; the matrix must have none yet, and be of their shape.
    public func begin(with other: SharedHeads) {
        precondition(other.heads == heads && other.headDim == headDim && other.storage == storage)
        precondition(count == 0 && shared == nil)
        shared = other.tokens
        resize(to: sharedCount)
        resize(to: other.count)
        for head in 0..<heads {
            pointer(head: head, token: sharedCount)
                .copyMemory(
                    from: other.rest.buffer.base + head * other.rest.capacity * rowBytes,
                    byteCount: other.rest.count * rowBytes)
        }
    }

    /// A matrix of its own that holds the tokens from `start` on.
    public func suffix(from start: Int) -> HeadMatrix {
        precondition(start >= 0 && start <= count)
        let result = HeadMatrix(heads: heads, headDim: headDim, capacity: 1, storage: storage)
        let capacity = max(1, count - start)
        result.buffer = copy(from: start, capacity: capacity)
        result.ownCapacity = capacity
        result.resize(to: count - start)
        return result
    }

    /// Makes the tokens from `token` on the matrix's own, to be written.
    func own(from token: Int) {
        guard token < sharedCount else { return }
        let start = token / Self.sharedMultiple * Self.sharedMultiple
        move(from: start, capacity: capacity - start)
        shared?.count = start
        if start == 0 { shared = nil }
    }

    /// Makes a buffer with room for `capacity` tokens and copies tokens `start..<count` to its beginning.
    ///
    /// The caller sees to it that `start` tokens are shared afterwards.
    func move(from start: Int, capacity: Int) {
        buffer = copy(from: start, capacity: capacity)
        ownCapacity = capacity
    }

    /// A buffer with room for `capacity` tokens that begins with tokens `start..<count`.
    private func copy(from start: Int, capacity: Int) -> AlignedBuffer {
        precondition(start >= 0 && start <= count && capacity >= count - start)
        let fresh = AlignedBuffer(size: heads * capacity * rowBytes)
        for head in 0..<heads {
            let target = fresh.base + head * capacity * rowBytes
            let split = min(max(start, sharedCount), count)
            target.copyMemory(from: pointer(head: head, token: start), byteCount: (split - start) * rowBytes)
            (target + (split - start) * rowBytes)
                .copyMemory(from: pointer(head: head, token: split), byteCount: (count - split) * rowBytes)
        }
        return fresh
    }

    static var sharedMultiple: Int { Int(PHAROS_SHARED_MULTIPLE) }
}
