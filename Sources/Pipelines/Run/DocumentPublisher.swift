import BeaconModel
import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Tensors

/// Brings one document into the store: computes its cache where it is missing, then publishes.
struct DocumentPublisher {
    let run: PipelineRun
    let store: CacheStore
    let context: ComputeContext
    /// Shared by all publishers of a run.
    let turns: TextTurns

    func publish(
        _ document: Document, planned: PlannedDocument, observer: any RunObserver
    ) throws -> DocumentOutcome {
        let digest = ContentDigest.hex(of: document.text)
        return try turns.take(digest) {
            try publish(document, digest, planned: planned, observer: observer)
        }
    }

    private func publish(
        _ document: Document, _ digest: String, planned: PlannedDocument, observer: any RunObserver
    ) throws -> DocumentOutcome {
        var planned = planned
        if run.options.shard != nil,
            try CorpusSummary.record(document, textDigest: digest) != planned.recordDigest
        {
            // All shards agreed on what was planned.
            throw PipelinesError.changed(document.id)
        }
        if digest != planned.textDigest {
            planned = try RunPlanner(run: run).planned(document, textDigest: digest)
        }
        let stored = try store.findDocument(document.id, in: run.collection)
        var copies = [try copy(run.recipe, document, digest, former: stored?.cache)]
        if let fine = run.fine {
            copies.append(try copy(fine, document, digest, former: stored?.companions.first))
        }
        let missing = try copies.filter { try !store.hasCache($0.identity) }
        let room = try missing.reduce(0) { try $0 + $1.recipe.layout($1.plan).roomByteCount() }
        try store.withRoom(
            for: room, within: run.options.budget, caches: copies.map { $0.identity.digest }
        ) {
            // Asked again, now that no other writer makes room at their cost.
            for index in copies.indices where try !store.hasCache(copies[index].identity) {
                copies[index].summary = try compute(copies[index], extending: stored, observer)
            }
            try publish(document, copies, stored)
        }
        let model = run.recipe.loaded.model.configuration
        let (tokens, plan) = (copies[0].tokens, copies[0].plan)
        let caches = try copies.map { try store.openCache($0.identity) }
        return DocumentOutcome(
            id: document.id, action: planned.action, reason: planned.reason, tokens: tokens.count,
            windows: plan.windows.count, beacons: caches[0].shape.beaconCount,
            textBytes: document.text.utf8.count,
            rawBytes: tokens.count * 4 * model.layers * model.kvHeads * model.headDim,
            storedBytes: caches.reduce(0) { $0 + $1.byteCount })
    }

    /// A cache that is wanted of a document.
    private struct Copy {
        let recipe: ContextRecipe
        let identity: CacheIdentity
        let tokens: DocumentTokens
        let plan: ChunkPlan
        /// The cache that the document has in its place.
        let former: String?
        /// What was written, where it was.
        var summary: CacheSummary?
    }

    private func copy(
        _ recipe: ContextRecipe, _ document: Document, _ digest: String, former: String?
    ) throws -> Copy {
        let (tokens, plan) = try recipe.plan(document.text)
        return Copy(
            recipe: recipe, identity: try recipe.identity(textDigest: digest), tokens: tokens, plan: plan,
            former: former)
    }

    private func publish(_ document: Document, _ copies: [Copy], _ stored: StoredDocument?) throws {
        let note = try SourceNote(document).json
        let isCurrent =
            copies.allSatisfy { $0.summary == nil }
            && stored?.caches == copies.map { $0.identity.digest } && stored?.title == document.title
            && stored?.metadata == document.metadata && stored?.source == note
        guard !isCurrent else { return }
        try store.publish(
            DocumentRecord(
                collection: run.collection, id: document.id, title: document.title,
                metadata: document.metadata, source: note, sourceMap: document.sourceMap.encoded),
            text: document.text, passages: passages(copies[0].plan), cache: copies[0].identity,
            summary: copies[0].summary, companions: copies.dropFirst().map(\.identity),
            companionSummaries: copies.dropFirst().compactMap(\.summary))
    }

    private func compute(
        _ copy: Copy, extending stored: StoredDocument?, _ observer: any RunObserver
    ) throws -> CacheSummary {
        var older: ContextCacheReader?
        var reused = 0
        if let stored, let former = copy.former {
            reused = try reusableWindows(copy, stored, former)
            if reused > 0 { older = try store.openCache(digest: former) }
        }
        let writer = try store.cacheWriter(
            copy.identity, layout: copy.recipe.layout(copy.plan), level: copy.recipe.storage.level,
            extending: older, reusableWindows: reused)
        do {
            try ContextCompressor(copy.recipe, context: context).compress(
                copy.tokens, copy.plan, into: writer
            ) {
                count in
                observer.advanced(tokens: count)
                if run.options.shouldStop() { throw CancellationError() }
            }
        } catch is CancellationError {
            // The windows that are done stay in the journal for the next run.
            try writer.synchronize()
            throw CancellationError()
        }
        return try writer.finish()
    }

    /// How many windows can be copied; none from a cache that cannot be read or was made in another way.
    private func reusableWindows(_ copy: Copy, _ stored: StoredDocument, _ former: String) throws -> Int {
        do {
            let older = try store.openCache(digest: former)
            guard older.identity.settingsDigest == copy.identity.settingsDigest else { return 0 }
        } catch is CacheStorageError {
            return 0
        }
        return try RunPlanner(run: run).reusableWindows(stored, copy.recipe, copy.plan, copy.tokens)
    }

    /// What a search may find: segments, or windows where the document is one segment.
    private func passages(_ plan: ChunkPlan) -> [Passage] {
        if case .windows = run.recipe.compression.segmentation {
            return plan.segments.enumerated().compactMap { number, segment in
                segment.interval.bytes.isEmpty
                    ? nil : Passage(segment: number, windows: segment.windows, bytes: segment.interval.bytes)
            }
        }
        var passages = plan.windows.filter { !$0.interval.bytes.isEmpty }.map {
            Passage(segment: $0.segment, windows: $0.index..<$0.index + 1, bytes: $0.interval.bytes)
        }
        for (number, segment) in plan.segments.enumerated() {
            guard let first = segment.tail.first(where: { !$0.interval.bytes.isEmpty }),
                let last = segment.tail.last(where: { !$0.interval.bytes.isEmpty })
            else { continue }
            let end = segment.windows.upperBound
            passages.append(
                Passage(
                    segment: number, windows: end..<end,
                    bytes: first.interval.bytes.lowerBound..<last.interval.bytes.upperBound))
        }
        return passages
    }
}
