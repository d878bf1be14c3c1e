import Tensors

/// A sequence up to some point, for any number of sequences to begin with: each goes on by itself, on any thread.
///
/// They read its memory in place, so that each holds only what it is fed itself. Their results are the same bits as those
/// of a sequence that was fed everything.
public struct SharedSequence: Sendable {
    public let model: LanguageModel
    public let settings: BeaconConfiguration
    let isCompressing: Bool
    let memory: SharedEntries
    let planner: WindowPlanner
    let origin: Int32
    let attentionByOrigin: [Int32: Float]?
    let tokens: ArraySlice<Int32>
    let tableLength: Int

    /// Bytes that the memory takes up, however many sequences read it.
    public var byteCount: Int { memory.byteCount }
}
