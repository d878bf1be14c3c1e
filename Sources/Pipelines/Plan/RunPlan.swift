public import Documents

/// What a run would do, in the order of its sources.
public struct RunPlan: Sendable {
    public var documents: [PlannedDocument] = []
    /// Documents and files that cannot be read.
    public var failures: [DocumentFailure] = []
    /// Records and members of archives in all sources that have no text, which is no failure.
    public var skipped = 0
    public var sourceBytes = 0
    /// What all sources hold, the documents of other shards included.
    public var corpus = CorpusSummary()
    /// Places from which the sources can be read on, as long as they are in `state`.
    var places: [PlanPlace] = []
    var state: SourceState?

    /// How many documents get each action.
    public func count(_ action: PlannedDocument.Action) -> Int {
        documents.count { $0.action == action }
    }

    /// Documents and files that the run will count as failed.
    public var failureCount: Int { failures.count + count(.skip) }

    /// Bytes that the caches to be made will take before compression.
    public var cacheBytes: Int { documents.reduce(0) { $0 + $1.cacheBytes } }

    /// Tokens that the model has to read.
    public var tokensToCompute: Int {
        documents.reduce(0) { sum, document in
            let windows = document.reusedWindows + document.computedWindows
            guard document.action == .compress || document.action == .extend else { return sum }
            // A document shorter than a window has an open end alone.
            guard windows > 0 else { return sum + document.tokens * document.copies }
            return sum + document.tokens * document.copies * document.computedWindows / windows
        }
    }
}
