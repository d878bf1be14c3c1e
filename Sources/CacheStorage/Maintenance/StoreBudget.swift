/// How much room a store may take.
public struct StoreBudget: Sendable, Hashable {
    /// The most bytes under `objects`, orphans and journals counted; nil for no limit.
    public var maximumByteCount: Int?
    /// Bytes that stay free on the file system; nil for no floor.
    public var freeSpaceFloor: Int?

    /// Whether anything is limited.
    public var isLimited: Bool { maximumByteCount != nil || freeSpaceFloor != nil }

    public init(maximumByteCount: Int? = nil, freeSpaceFloor: Int? = nil) {
        self.maximumByteCount = maximumByteCount
        self.freeSpaceFloor = freeSpaceFloor
    }
}
