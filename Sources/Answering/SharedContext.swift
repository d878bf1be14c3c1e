import BeaconModel
import ContextCaching

/// A ``ContextMemory`` that any number of questions are read into, each into its own, on any thread.
public struct SharedContext: Sendable {
    let sequence: SharedSequence
    let entries: [(part: Int, interval: Interval)]
    let reusedTokens: Int

    /// Bytes that it takes up, however many questions read it.
    public var byteCount: Int { sequence.byteCount }
}
