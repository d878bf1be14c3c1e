import BeaconModel
import CacheStorage
import ContextCaching
import Documents
import FileAccess

/// Tells which documents of a plan the store has already as they are to be, without their texts.
struct PublishedDocuments {
    let run: PipelineRun
    let store: CacheStore

    /// The store's document, if it is what publishing the planned one would give.
    func find(_ planned: PlannedDocument) throws -> StoredDocument? {
        guard let stored = try store.findDocument(planned.id, in: run.collection),
            stored.textDigest == planned.textDigest,
            try CorpusSummary.record(stored) == planned.recordDigest
        else { return nil }
        guard try stored.caches == identities(planned).map(\.digest), try hasCaches(planned) else {
            return nil
        }
        return stored
    }

    /// Whether every cache that is wanted of a document's text is there.
    func hasCaches(_ planned: PlannedDocument) throws -> Bool {
        try identities(planned).allSatisfy { try store.hasCache($0) }
    }

    private func identities(_ planned: PlannedDocument) throws -> [CacheIdentity] {
        try [run.recipe, run.fine].compactMap { try $0?.identity(textDigest: planned.textDigest) }
    }

    /// What is reported of a document that stays as it is; nil where the catalog has lost its cache.
    func outcome(_ planned: PlannedDocument, _ stored: StoredDocument) throws -> DocumentOutcome? {
        let caches = try store.caches(of: stored)
        guard caches.count == stored.caches.count, let main = caches.first else { return nil }
        let model = run.recipe.loaded.model.configuration
        return DocumentOutcome(
            id: planned.id, action: planned.action, reason: planned.reason, tokens: main.tokens,
            windows: main.windows, beacons: main.beacons, textBytes: stored.textByteCount,
            rawBytes: main.tokens * 4 * model.layers * model.kvHeads * model.headDim,
            storedBytes: caches.reduce(0) { $0 + $1.byteCount })
    }
}
