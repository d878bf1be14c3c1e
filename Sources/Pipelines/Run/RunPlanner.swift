import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Tokenization

/// Reads a run's sources and compares them with the store.
struct RunPlanner {
    let run: PipelineRun

    func plan() throws -> RunPlan {
        var plan = RunPlan()
        var seen: Set<String> = []
        var failedFiles: Set<String> = []
        var ordinal = 0
        func note(_ failure: DocumentFailure) {
            plan.corpus.add(failure)
            if run.options.owns(failure) { plan.failures.append(failure) }
            if let file = failure.file { failedFiles.insert(file) }
        }
        for source in run.sources {
            do {
                try DocumentSourceReader(source).forEachDocument { result in
                    if run.options.shouldStop() { throw CancellationError() }
                    switch result {
                    case .document(let document):
                        let isOwn = run.options.includes(document.id)
                        guard seen.insert(document.id).inserted else {
                            if isOwn { plan.failures.append(duplicate(document)) }
                            return
                        }
                        let digest = ContentDigest.hex(of: document.text)
                        let record = try CorpusSummary.record(document, textDigest: digest)
                        plan.corpus.add(record)
                        ordinal += 1
                        guard isOwn, run.options.selects?(document) ?? true else { return }
                        var planned = try planned(document, textDigest: digest)
                        planned.ordinal = ordinal - 1
                        planned.recordDigest = record
                        plan.documents.append(planned)
                        plan.sourceBytes += document.text.utf8.count
                    case .deletion(let deletion):
                        plan.corpus.add(deletion)
                        guard seen.remove(deletion.id) != nil else { return }
                        plan.documents.removeAll { $0.id == deletion.id }
                    case .failure(let failure):
                        note(failure)
                    }
                }
            } catch let failure as DocumentFailure {
                note(failure)
            }
        }
        plan.corpus.documents = seen.count
        guard run.options.removesMissing, let store = run.store else { return plan }
        try store.forEachDocument(in: run.collection) { document in
            guard !seen.contains(document.id), run.options.includes(document.id) else { return }
            let file = SourceNote(json: document.source)?.file
            if let file, failedFiles.contains(where: { $0.hasSuffix(file) }) { return }
            plan.documents.append(
                PlannedDocument(
                    id: document.id, action: .remove, reason: "no longer in the sources", tokens: 0,
                    reusedWindows: 0, computedWindows: 0, textDigest: document.textDigest))
        }
        return plan
    }

    private func duplicate(_ document: Document) -> DocumentFailure {
        DocumentFailure(
            .id, "the id '\(document.id)' occurs twice; ids are unique in a collection",
            file: document.source.file, line: document.source.line, path: document.source.path)
    }

    /// What is to be done for one document.
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

    private static let unchanged = "unchanged"

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
            return decision(.reuse, isSame ? Self.unchanged : "its text is cached already")
        }
        let (tokens, chunks) = try recipe.plan(task.document.text)
        let total = chunks.windows.count
        func computing(_ reason: String) -> PlannedDocument {
            decision(.compress, reason, (0, total), tokens: tokens.count)
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
        return decision(
            .extend, Self.extending(reused, total - reused), (reused, total - reused), tokens: tokens.count)
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
