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

    func publish(
        _ document: Document, planned: PlannedDocument, observer: any RunObserver
    ) throws -> DocumentOutcome {
        var planned = planned
        let digest = ContentDigest.hex(of: document.text)
        if run.options.shard != nil,
            try CorpusSummary.record(document, textDigest: digest) != planned.recordDigest
        {
            // All shards agreed on what was planned.
            throw PipelinesError.changed(document.id)
        }
        if digest != planned.textDigest {
            planned = try RunPlanner(run: run).planned(document, textDigest: digest)
        }
        let identity = try run.recipe.identity(textDigest: digest)
        let stored = try store.findDocument(document.id, in: run.collection)
        let (tokens, plan) = try run.recipe.plan(document.text)
        var summary: CacheSummary?
        if try !store.hasCache(identity) {
            summary = try compute(
                identity, tokens, plan, extending: planned.action == .extend ? stored : nil, observer)
        }
        let note = try SourceNote(document.source, id: document.id).json
        let isCurrent =
            summary == nil && stored?.cache == identity.digest && stored?.title == document.title
            && stored?.metadata == document.metadata && stored?.source == note
        if !isCurrent {
            try store.publish(
                DocumentRecord(
                    collection: run.collection, id: document.id, title: document.title,
                    metadata: document.metadata, source: note, sourceMap: document.sourceMap.encoded),
                text: document.text, passages: passages(plan), cache: identity, summary: summary)
        }
        let model = run.recipe.loaded.model.configuration
        let cache = try store.openCache(identity)
        return DocumentOutcome(
            id: document.id, action: planned.action, reason: planned.reason, tokens: tokens.count,
            windows: plan.windows.count, beacons: plan.beaconCount, textBytes: document.text.utf8.count,
            rawBytes: tokens.count * 4 * model.layers * model.kvHeads * model.headDim,
            storedBytes: cache.byteCount)
    }

    private func compute(
        _ identity: CacheIdentity, _ tokens: DocumentTokens, _ plan: ChunkPlan,
        extending stored: StoredDocument?,
        _ observer: any RunObserver
    ) throws -> CacheSummary {
        var older: ContextCacheReader?
        var reused = 0
        if let stored, let former = stored.cache {
            reused = try RunPlanner(run: run).reusableWindows(stored, plan, tokens)
            if reused > 0 { older = try store.openCache(digest: former) }
        }
        let writer = try store.cacheWriter(
            identity, layout: run.recipe.layout(plan), level: run.recipe.storage.level, extending: older,
            reusableWindows: reused)
        do {
            try ContextCompressor(run.recipe, context: context).compress(tokens, plan, into: writer) {
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
