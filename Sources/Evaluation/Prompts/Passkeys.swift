import BeaconModel

/// The pass keys of the published evaluation, in its order: five digits each (reference §14).
public struct Passkeys: Sendable {
    private var generator: NumPyGenerator

    /// - Parameter seed: the published one is 123.
    public init(seed: UInt32 = 123) { generator = NumPyGenerator(seed: seed) }

    public mutating func next() -> String { "\(10_000 + generator.integer(below: 90_000))" }
}
