public import BeaconModel
public import ContextCaching
public import Tensors

/// Context parts laid one after another into the memory of a sequence that is about to read a question.
///
/// One document that is one segment continues exactly where its compression ended, its unfinished window
/// still open: the reference's result for the whole prompt. Several parts are laid together at will, because
/// beacons have no position; their unfinished windows stay as they are and the question begins a new one.
public struct ContextMemory {
    public let sequence: BeaconSequence
    /// What the sequence's origins number: document and interval of each entry.
    public let entries: [(part: Int, interval: Interval)]
    /// Tokens that the parts stand for, none of them computed again.
    public let reusedTokens: Int

    /// Decodes what the parts hold, straight to its place.
    ///
    /// - Parameters:
    ///   - toBeShared: whether no question follows here, but ``share()``.
    ///   - check: called every few entries; ends the restoring by throwing.
    public init(
        _ parts: [ContextPart], model: LanguageModel, settings: BeaconConfiguration, context: ComputeContext,
        toBeShared: Bool = false, check: () throws -> Void = {}
    ) throws {
        let sequence = BeaconSequence(model, settings: settings, context: context)
        var entries: [(part: Int, interval: Interval)] = []
        func origins(_ intervals: [Interval], _ part: Int) -> [Int32] {
            intervals.map { interval in
                entries.append((part, interval))
                return Int32(entries.count - 1)
            }
        }
        // Room for what is restored, and for the question and its answer.
        let total = parts.reduce(settings.sinkSize) { $0 + $1.entryCount }
        let room = toBeShared ? 0 : min(settings.questionWindow, 1024)
        sequence.memory.reserve(total + room, toBeShared: toBeShared, using: context)
        if let sink = parts.first(where: { $0.sink != nil })?.sink {
            sequence.memory.appendSink(sink, using: context)
        }
        let continues = parts.count == 1
        for (index, part) in parts.enumerated() {
            try sequence.memory.appendBeacons(
                part.entries, origins: origins(part.intervals, index), using: context, check: check)
            guard let tail = part.tail else { continue }
            let numbers = origins(tail.intervals, index)
            if continues {
                sequence.memory.appendOpen(
                    tail.block, kinds: tail.kinds, origins: numbers, using: context)
            } else {
                sequence.memory.appendBeacons(tail.block, origins: numbers, using: context)
            }
        }
        let tail = continues ? parts.first?.tail : nil
        reusedTokens = parts.reduce(0) { $0 + $1.tokens }
        try sequence.resume(
            consumed: reusedTokens, openTokens: tail?.kinds.count { $0 == .raw } ?? 0,
            remainder: tail?.remainder ?? 0, ratio: tail?.ratio)
        self.sequence = sequence
        self.entries = entries
    }

    /// The memory, for any number of questions to be read into.
    public func share() -> SharedContext {
        SharedContext(sequence: sequence.share(), entries: entries, reusedTokens: reusedTokens)
    }

    /// The shared memory, to be continued on its own.
    public init(_ shared: SharedContext, context: ComputeContext) {
        sequence = BeaconSequence(shared.sequence, context: context)
        entries = shared.entries
        reusedTokens = shared.reusedTokens
    }
}
