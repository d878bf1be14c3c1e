internal import CKernels

/// The first tokens of one matrix or several, which nobody writes any more.
struct SharedTokens {
    /// `[heads, capacity, headDim]`.
    let buffer: AlignedBuffer
    /// Tokens from one head to the next.
    let capacity: Int
    /// Tokens that are read here.
    var count: Int
}

extension HeadMatrix {
    /// Tokens at the beginning that are read where other matrices read them too.
    public var sharedCount: Int { shared?.count ?? 0 }

    /// Shares the tokens in use with the copies that are made from now on, so that each holds only what it adds.
    ///
    /// A few tokens at the end stay out, because kernels read several at a time. Whoever writes to a shared token, drops
    /// or moves it, gets a copy from there on first; nobody else notices.
    public func share() {
        let count = count / Self.sharedMultiple * Self.sharedMultiple
        guard count > sharedCount else { return }
        own(from: 0)
        let whole = SharedTokens(buffer: buffer, capacity: ownCapacity, count: count)
        move(from: count, capacity: max(1, self.count - count))
        shared = whole
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
        precondition(start >= 0 && start <= count && capacity >= count - start)
        let fresh = AlignedBuffer(size: heads * capacity * rowBytes)
        for head in 0..<heads {
            let target = fresh.base + head * capacity * rowBytes
            let split = min(max(start, sharedCount), count)
            target.copyMemory(from: pointer(head: head, token: start), byteCount: (split - start) * rowBytes)
            (target + (split - start) * rowBytes)
                .copyMemory(from: pointer(head: head, token: split), byteCount: (count - split) * rowBytes)
        }
        buffer = fresh
        ownCapacity = capacity
    }

    static var sharedMultiple: Int { Int(PHAROS_SHARED_MULTIPLE) }
}
