import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Tokenization

/// Reads a run's sources and compares them with the store.
struct RunPlanner {
    let run: PipelineRun

    func plan() throws -> RunPlan {
        let state = try SourceState(run, now: run.options.now())
        let journal = try journal(state)
        var inventory = SourceInventory(run.options)
        var remains = try journal?.replay { inventory.apply($0) } ?? PlanJournal.Remains()
        let replayed = inventory.documentCount
        var plan = inventory.plan()
        if remains.place != nil, try !refresh(&plan, before: replayed) {
            // The store is not the one that the journal was written beside.
            try journal?.clear()
            inventory = SourceInventory(run.options)
            remains = PlanJournal.Remains()
        }
        if !remains.isComplete {
            remains.places += try read(into: &inventory, after: remains.place, journal)
            try journal?.end()
            plan = inventory.plan()
            if remains.place != nil { _ = try refresh(&plan, before: replayed) }
        }
        plan.places = remains.places
        plan.state = state
        try addRemovals(to: &plan, inventory)
        return plan
    }

    /// The journal of the run, where the sources can be told to be unchanged.
    private func journal(_ state: SourceState?) throws -> PlanJournal? {
        guard let path = run.journal else { return nil }
        guard let state else {
            try PlanJournal.remove(path)
            return nil
        }
        return try PlanJournal(path, state)
    }

    /// Reads the sources from a place on, and gives the places that were passed.
    private func read(
        into inventory: inout SourceInventory, after place: PlanPlace?, _ journal: PlanJournal?
    ) throws -> [PlanPlace] {
        var places: [PlanPlace] = []
        var unmarked = 0
        func take(_ event: SourceEvent, _ inventory: inout SourceInventory) throws {
            inventory.apply(event)
            try journal?.note(event)
        }
        for (number, source) in run.sources.enumerated() where number >= place?.source ?? 0 {
            do {
                let checkpoint = place?.source == number ? place?.checkpoint : nil
                try DocumentSourceReader(source).forEachDocument(
                    in: source.files(), after: checkpoint
                ) { result, position in
                    if run.options.shouldStop() { throw CancellationError() }
                    if case .failure(let failure) = result, !isWanted(failure) { return }
                    try take(event(result, of: source), &inventory)
                    guard case .document(let document) = result else { return }
                    unmarked += max(document.source.bytes?.count ?? 0, document.text.utf8.count)
                    guard unmarked >= run.options.placeInterval, let checkpoint = position.checkpoint()
                    else { return }
                    unmarked = 0
                    places.append(
                        PlanPlace(
                            source: number, checkpoint: checkpoint, documentCount: inventory.documentCount))
                    try journal?.note(places[places.count - 1])
                }
            } catch let failure as DocumentFailure {
                if isWanted(failure) { try take(.failure(failure), &inventory) }
            }
        }
        return places
    }

    private func isWanted(_ failure: DocumentFailure) -> Bool {
        run.options.selectsFailures?(failure.file) ?? true
    }

    /// What a result of reading a source means to the plan.
    private func event(_ result: DocumentResult, of source: SourceDefinition) throws -> SourceEvent {
        switch result {
        case .document(let document):
            let digest = ContentDigest.hex(of: document.text)
            var noted = SourceDocument(
                id: document.id, source: document.source, duplicates: source.ids.duplicates,
                recordDigest: try CorpusSummary.record(document, textDigest: digest),
                byteCount: document.text.utf8.count)
            if run.options.includes(document.id), run.options.selects?(document) ?? true {
                noted.decision = SourceDocument.Decision(try decision(document, textDigest: digest))
            }
            return .document(noted)
        case .deletion(let deletion): return .deletion(deletion.id)
        case .failure(let failure): return .failure(failure)
        case .skipped: return .skipped
        }
    }

    /// Brings decisions from a journal up to date with what the run that wrote it has published since.
    ///
    /// Returns false where something was to stay that is no longer there.
    private func refresh(_ plan: inout RunPlan, before end: Int) throws -> Bool {
        guard let store = run.store else { return true }
        let published = PublishedDocuments(run: run, store: store)
        for (index, planned) in plan.documents.enumerated() where planned.ordinal < end {
            if try published.find(planned) != nil {
                plan.documents[index].stays(because: Self.unchanged)
            } else if planned.action == .reuse, try !published.hasCaches(planned) {
                return false
            }
        }
        return true
    }

    /// Adds the documents that the collection has and the sources have no longer.
    private func addRemovals(to plan: inout RunPlan, _ inventory: SourceInventory) throws {
        guard run.options.removesMissing, let store = run.store else { return }
        let unread = UnreadPlaces(inventory.failedFiles, sources: run.sources)
        var removals: [(document: PlannedDocument, file: String?)] = []
        try store.forEachDocument(in: run.collection) { document in
            guard !inventory.contains(document.id), run.options.includes(document.id) else { return }
            let note = SourceNote(json: document.source)
            if let note, note.upload == true || unread.mayHold(note.file) { return }
            let planned = PlannedDocument(
                id: document.id, action: .remove, reason: "no longer in the sources", tokens: 0,
                reusedWindows: 0, computedWindows: 0, textDigest: document.textDigest)
            removals.append((planned, note?.file))
        }
        if !removals.isEmpty, !run.options.allowsEmptySources {
            // A folder that is not mounted is an empty one; which documents were its own, their names alone tell.
            let empty = try EmptySources(run.sources, isNothingRead: inventory.isEmpty)
            plan.failures += empty.failures(keeping: removals.map(\.file))
            removals.removeAll { empty.mayHold($0.file) }
        }
        plan.documents += removals.map(\.document)
    }

    /// What is to be done for one document, which may be that it cannot be done.
    private func decision(_ document: Document, textDigest digest: String) throws -> PlannedDocument {
        do {
            return try planned(document, textDigest: digest)
        } catch let error as CacheStorageError where error.code == .value {
            // The document's own trouble: the others are planned.
            return PlannedDocument(
                id: document.id, action: .skip, reason: error.message, tokens: 0, reusedWindows: 0,
                computedWindows: 0, textDigest: digest)
        }
    }

    /// What is to be done for one document.
    ///
    /// - Throws: `CacheStorageError` of code `value` where its cache would be larger than can be stored.
    func planned(_ document: Document, textDigest digest: String) throws -> PlannedDocument {
        let stored = try run.store?.findDocument(document.id, in: run.collection)
        let task = DocumentTask(document: document, digest: digest, stored: stored)
        let coarse = try planned(task, run.recipe, former: stored?.cache)
        guard let recipe = run.fine else {
            guard coarse.reason == Self.unchanged, let stored, !stored.companions.isEmpty else {
                return coarse
            }
            return coarse.because("a finer copy is no longer wanted")
        }
        let fine = try planned(task, recipe, former: stored?.companions.first)
        var both = coarse
        both.copies = 2
        both.tokens = max(coarse.tokens, fine.tokens)
        both.reusedWindows += fine.reusedWindows
        both.computedWindows += fine.computedWindows
        both.cacheBytes += fine.cacheBytes
        switch (coarse.action, fine.action) {
        case (.reuse, .reuse): if fine.reason != Self.unchanged { both.reason = fine.reason }
        case (.reuse, _):
            both.action = fine.action
            both.reason = "finer copy: \(fine.reason)"
        case (.extend, .compress): both.action = .compress
        case (.extend, .extend):
            both.reason = Self.extending(both.reusedWindows, both.computedWindows)
        default: break
        }
        return both
    }

    static let unchanged = "unchanged"

    private static func extending(_ reused: Int, _ computed: Int) -> String {
        "reuse \(reused) windows, compute \(computed)"
    }

    /// A document and what the store has of it.
    private struct DocumentTask {
        let document: Document
        let digest: String
        let stored: StoredDocument?
    }

    /// What is to be done for one cache of a document.
    private func planned(_ task: DocumentTask, _ recipe: ContextRecipe, former: String?) throws
        -> PlannedDocument
    {
        let identity = try recipe.identity(textDigest: task.digest)
        func decision(
            _ action: PlannedDocument.Action, _ reason: String,
            _ windows: (reused: Int, computed: Int) = (0, 0),
            tokens: Int = 0
        ) -> PlannedDocument {
            PlannedDocument(
                id: task.document.id, action: action, reason: reason, tokens: tokens,
                reusedWindows: windows.reused, computedWindows: windows.computed, textDigest: task.digest)
        }
        if let store = run.store, try store.hasCache(identity) {
            guard let stored = task.stored else {
                return decision(.reuse, "new, and its text is cached already")
            }
            let isSame =
                former == identity.digest && stored.title == task.document.title
                && stored.metadata == task.document.metadata
            guard isSame else { return decision(.reuse, "its text is cached already") }
            let hasMoved = try stored.source != SourceNote(task.document).json
            return decision(.reuse, hasMoved ? "its place in the source changed" : Self.unchanged)
        }
        let (tokens, chunks) = try recipe.plan(task.document.text)
        let total = chunks.windows.count
        let bytes = try recipe.layout(chunks).payloadByteCount()
        func making(_ planned: PlannedDocument) -> PlannedDocument {
            var planned = planned
            planned.cacheBytes = bytes
            return planned
        }
        func computing(_ reason: String) -> PlannedDocument {
            making(decision(.compress, reason, (0, total), tokens: tokens.count))
        }
        guard let store = run.store, let stored = task.stored, let former else { return computing("new") }
        if former == identity.digest { return computing("its cache is missing") }
        let older: ContextCacheReader
        do {
            older = try store.openCache(digest: former)
        } catch let error as CacheStorageError {
            return computing("its cache cannot be read (\(error.code.rawValue))")
        }
        let differences = identity.difference(from: older.identity)
        if let field = differences.first(where: { $0.field != CacheIdentity.textField }) {
            return computing(
                "\(field.field) changed from \(Self.short(field.found)) to \(Self.short(field.expected))")
        }
        let reused = try reusableWindows(stored, recipe, chunks, tokens)
        guard reused > 0 else { return computing("its text changed from the first window on") }
        return making(
            decision(
                .extend, Self.extending(reused, total - reused), (reused, total - reused),
                tokens: tokens.count))
    }

    /// How many windows at the beginning are those of the document's former cache.
    func reusableWindows(
        _ stored: StoredDocument, _ recipe: ContextRecipe, _ plan: ChunkPlan, _ tokens: DocumentTokens
    ) throws -> Int {
        guard let store = run.store else { return 0 }
        let text: String
        do {
            text = try store.text(of: stored)
        } catch is CacheStorageError {
            return 0
        }
        let (former, formerPlan) = try recipe.plan(text)
        let common = zip(former.encoding.ids, tokens.encoding.ids).prefix { $0 == $1 }.count
        return zip(formerPlan.windows, plan.windows).prefix { old, new in
            old == new && new.interval.tokens.upperBound <= common
        }.count
    }

    private static func short(_ value: String?) -> String {
        guard let value else { return "nothing" }
        return value.utf8.count == 64 ? String(value.prefix(12)) : value
    }
}
