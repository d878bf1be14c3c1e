import Documents

/// What the sources hold, as far as they have been read: what a plan is made of, event by event.
///
/// Equal events give equal plans, whether they come from the sources or from a ``PlanJournal``.
struct SourceInventory {
    /// A document that came and has not been withdrawn.
    private struct Entry {
        /// Its place in `documents`; nil where it is none of this run's.
        var slot: Int?
        /// Whether several documents of its id were handed over, this one among them.
        var isRepeated: Bool
    }

    private(set) var failures: [DocumentFailure] = []
    /// Records and members without text.
    private(set) var skipped = 0
    private(set) var corpus = CorpusSummary()
    /// Files, or members of them, that something went wrong with.
    private(set) var failedFiles: Set<String> = []
    /// How many documents came, later withdrawn and replaced ones included.
    private(set) var documentCount = 0
    private var deletionCount = 0
    private let options: PipelineRun.Options
    private var entries: [ByteKey: Entry] = [:]
    /// Ids that were given up by a deletion.
    private var withdrawn: Set<ByteKey> = []
    private var documents: [(planned: PlannedDocument, bytes: Int)?] = []

    init(_ options: PipelineRun.Options) { self.options = options }

    /// Takes what comes next.
    mutating func apply(_ event: SourceEvent) {
        switch event {
        case .document(let document): add(document)
        case .deletion(let id): withdraw(id)
        case .failure(let failure): note(failure)
        case .skipped: skipped += 1
        }
    }

    mutating func note(_ failure: DocumentFailure) {
        corpus.add(failure)
        if options.owns(failure) { failures.append(failure) }
        if let file = failure.file { failedFiles.insert(file) }
    }

    /// Whether no document came, and none was taken away.
    var isEmpty: Bool { documentCount == 0 && deletionCount == 0 }

    /// Whether the sources hold a document of this id.
    func contains(_ id: String) -> Bool { entries[ByteKey(id)] != nil }

    /// The plan of what is held, in the order of the sources.
    func plan() -> RunPlan {
        var plan = RunPlan()
        plan.documents = documents.compactMap { $0?.planned }
        plan.sourceBytes = documents.reduce(0) { $0 + ($1?.bytes ?? 0) }
        plan.failures = failures
        plan.skipped = skipped
        plan.corpus = corpus
        plan.corpus.documents = entries.count
        return plan
    }

    private mutating func add(_ document: SourceDocument) {
        let id = ByteKey(document.id)
        let former = entries[id]
        if let former {
            switch document.duplicates {
            case .error:
                markRepeated(id, former)
                note(document.duplicateFailure)
                return
            case .first:
                markRepeated(id, former)
                return
            case .last:
                if let slot = former.slot { documents[slot] = nil }
            }
        }
        corpus.add(document.recordDigest)
        documentCount += 1
        let isRepeated = former != nil || withdrawn.contains(id)
        var slot: Int?
        if var planned = document.planned(documentCount - 1) {
            planned.isRepeated = isRepeated
            slot = documents.count
            documents.append((planned, document.byteCount))
        }
        entries[id] = Entry(slot: slot, isRepeated: isRepeated)
    }

    private mutating func markRepeated(_ id: ByteKey, _ entry: Entry) {
        guard !entry.isRepeated else { return }
        entries[id]?.isRepeated = true
        if let slot = entry.slot { documents[slot]?.planned.isRepeated = true }
    }

    private mutating func withdraw(_ id: String) {
        corpus.addDeletion(of: id)
        deletionCount += 1
        guard let entry = entries.removeValue(forKey: ByteKey(id)) else { return }
        withdrawn.insert(ByteKey(id))
        if let slot = entry.slot { documents[slot] = nil }
    }
}

extension SourceDocument {
    /// What is said of a second document with an id, the same whoever finds it out.
    fileprivate var duplicateFailure: DocumentFailure {
        .duplicate(id, source)
    }
}
