/// Keys or values of one layer that nobody writes any more: any number of matrices begin with them, on any threads, and
/// read them in place.
public struct SharedHeads: Sendable {
    public let heads: Int
    public let headDim: Int
    public let storage: HeadStorage
    /// What is read in place, where there is enough of it.
    let tokens: SharedTokens?
    /// The few tokens behind those, of which every matrix has a copy, because kernels read several at a time.
    let rest: SharedTokens

    /// Tokens that matrices begin with.
    public var count: Int { (tokens?.count ?? 0) + rest.count }

    /// Bytes set aside, however many matrices read them.
    public var byteCount: Int { (tokens?.buffer.size ?? 0) + rest.buffer.size }
}

/// Tokens of a matrix that nobody writes any more.
struct SharedTokens: Sendable {
    /// `[heads, capacity, headDim]`. Only read from the moment that it is here.
    nonisolated(unsafe) let buffer: AlignedBuffer
    /// Tokens from one head to the next.
    let capacity: Int
    /// Tokens that are read here.
    var count: Int
}
