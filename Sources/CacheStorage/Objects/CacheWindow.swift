/// A finished window: its ratio, and what each of its beacons stands for.
public struct CacheWindow: Sendable, Hashable {
    /// Raw tokens per beacon; 0 where the window's raw activations are kept instead.
    public var ratio: Int
    /// One interval per beacon.
    public var beacons: [CacheInterval]

    public init(ratio: Int, beacons: [CacheInterval]) {
        self.ratio = ratio
        self.beacons = beacons
    }
}
