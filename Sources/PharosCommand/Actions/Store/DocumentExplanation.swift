import CacheStorage
import ContextCaching
import Documents
import FileAccess
import Pipelines
import Tensors

/// How a document stands to the cache that is wanted for it, and why.
struct DocumentExplanation: Encodable {
    let collection: String
    let document: String
    /// `fresh`, `stale`, `missing`, `refused` or `broken`.
    let state: String
    let reason: String
    /// The cache that the document has.
    var cache: String?
    /// The cache that is wanted for it.
    var expected: String?
    /// The fields in which the two differ.
    var differences: [IdentityDifference] = []
    var failure: FailureRecord?
    let status: ExitStatus

    private enum CodingKeys: CodingKey {
        case collection, document, state, reason, cache, expected, differences, failure
    }

    /// Explains against the model at hand, with the choices that the document's cache says were made for it.
    ///
    /// - Parameter readData: whether every byte of caches and text is checked, and not their headers alone.
    init(of id: String, in collection: String, store: CacheStore, model: ModelOptions, readData: Bool) throws
    {
        let stored = try store.findDocument(id, in: collection)
        var expected: [CacheIdentity] = []
        if let stored {
            let identities = try store.caches(of: stored).map(\.identity)
            if let first = identities.first {
                let loaded = try model.load(for: collection, in: store, like: first)
                expected = try identities.map {
                    try ContextRecipe(loaded, askedOf: $0, normaliser: TextNormalizer.version)
                        .identity(textDigest: stored.textDigest)
                }
            }
        }
        self = try Self(
            id, collection, store, stored: stored, expected: expected, failure: nil, readData: readData)
    }

    /// Explains against what a pipeline would make of the document as it is in the sources now.
    init(of id: String, in collection: String, store: CacheStore, action: RunAction, readData: Bool) throws {
        let stored = try store.findDocument(id, in: collection)
        let request = action.request
        let recipes = try ([request.compression] + (request.fine.map { [$0] } ?? [])).map {
            try ContextRecipe(
                action.loaded, compression: $0, storage: request.storage,
                normaliser: TextNormalizer.version)
        }
        var digest: String?
        var failure: FailureRecord?
        var isNothingRead = true
        for source in action.request.sources {
            do {
                try DocumentSourceReader(source).forEachDocument { result in
                    switch result {
                    case .document(let document):
                        isNothingRead = false
                        if document.id == id, digest == nil { digest = ContentDigest.hex(of: document.text) }
                    case .deletion(let deletion): if deletion.id == id { digest = nil }
                    case .skipped: break
                    case .failure(let found): failure = failure ?? Self.record(found, of: id, in: collection)
                    }
                }
            } catch let found as DocumentFailure {
                failure = failure ?? Self.record(found, of: id, in: collection)
            }
        }
        if digest == nil, failure == nil {
            let empty = try EmptySources(request.sources, isNothingRead: isNothingRead)
            let isKept = empty.mayHold(id.lastIndex(of: "#").map { String(id[..<$0]) } ?? id)
            let fate =
                isKept
                ? "the next run keeps it all the same, because a source is empty"
                : "the next run removes it from the store"
            self.init(
                collection: collection, document: id, state: "missing",
                reason: "the pipeline's sources hold no such document" + (stored == nil ? "" : "; \(fate)"),
                cache: stored?.cache, status: .failed)
            return
        }
        let expected =
            try digest.map { digest in try recipes.map { try $0.identity(textDigest: digest) } } ?? []
        self = try Self(
            id, collection, store, stored: stored, expected: expected,
            failure: digest == nil ? failure : nil, readData: readData)
    }

    private init(
        collection: String, document: String, state: String, reason: String, cache: String? = nil,
        expected: String? = nil, differences: [IdentityDifference] = [], failure: FailureRecord? = nil,
        status: ExitStatus
    ) {
        self.collection = collection
        self.document = document
        self.state = state
        self.reason = reason
        self.cache = cache
        self.expected = expected
        self.differences = differences
        self.failure = failure
        self.status = status
    }

    private init(
        _ id: String, _ collection: String, _ store: CacheStore, stored: StoredDocument?,
        expected: [CacheIdentity], failure: FailureRecord?, readData: Bool
    ) throws {
        var state = CacheState.missing
        var wanted = expected.first
        for (place, identity) in expected.enumerated() {
            // A finer copy is held against the finer copy that the document has.
            let former = stored.map { $0.caches.indices.contains(place) ? $0.caches[place] : "" }
            state = try store.state(of: stored, expected: identity, former: former)
            wanted = identity
            if case .fresh = state { continue }
            break
        }
        if case .missing = state, let cache = stored?.cache {
            // The catalog does not know the cache, or its file is gone; the file tells which.
            do {
                _ = try store.openCache(digest: cache)
            } catch let error as CacheStorageError where error.code != .missing {
                state = .broken(error)
            } catch is CacheStorageError {}
        }
        if let stored, let error = Self.damage(of: stored, store, readData: readData) {
            state = .broken(error)
        }
        if state.name == "missing" || state.name == "stale",
            let failure = try failure ?? Self.lastFailure(of: id, in: collection, store)
        {
            state = .refused(failure)
        }
        var differences: [IdentityDifference] = []
        var refusal: FailureRecord?
        let reason: String
        let status: ExitStatus
        switch state {
        case .fresh:
            reason =
                "the cache belongs to the text and the model at hand"
                + (readData ? "; every byte was checked" : "")
            status = .done
        case .stale(let found):
            differences = found
            reason = "\(found.map(\.field).joined(separator: ", ")) changed; 'pharos run' computes it again"
            status = .identityMismatch
        case .missing:
            reason =
                stored == nil
                ? "the store has no such document"
                : "the document's cache is not there; 'pharos run' computes it again"
            status = .failed
        case .refused(let failure):
            refusal = failure
            (reason, status) = ("\(failure.code): \(failure.message)", .someDocumentsFailed)
        case .broken(let error): (reason, status) = ("\(error.message); run 'pharos repair'", .integrity)
        }
        self.init(
            collection: collection, document: id, state: state.name, reason: reason, cache: stored?.cache,
            expected: wanted?.digest, differences: differences, failure: refusal, status: status)
    }

    /// What is wrong with the document's text, and where all data is read with its caches; nil where nothing is.
    private static func damage(of document: StoredDocument, _ store: CacheStore, readData: Bool)
        -> CacheStorageError?
    {
        do {
            _ = try store.text(of: document)
            guard readData else { return nil }
            for cache in document.caches {
                do {
                    try store.openCache(digest: cache).verify()
                } catch let error as CacheStorageError where error.code == .missing {
                    continue
                }
            }
            return nil
        } catch let error as CacheStorageError {
            return error
        } catch {
            return CacheStorageError(.inputOutput, "\(error)")
        }
    }

    /// What went wrong with the document in the last complete run over its collection, or since.
    private static func lastFailure(of id: String, in collection: String, _ store: CacheStore) throws
        -> FailureRecord?
    {
        for run in try RetryChoice.open(store.runs().filter { $0.collection == collection }) {
            let failure = try store.failures(ofRun: run.id).last { concerns($0.document, $0.file, id) }
            if let failure { return failure }
        }
        return nil
    }

    /// Whether a failure is one of the document; where its id was never known, its file has to do.
    private static func concerns(_ document: String?, _ file: String?, _ id: String) -> Bool {
        if let document { return document == id }
        let name = id.lastIndex(of: "#").map { String(id[..<$0]) } ?? id
        return file == name || file?.hasSuffix("/" + name) ?? false
    }

    private static func record(_ failure: DocumentFailure, of id: String, in collection: String)
        -> FailureRecord?
    {
        guard concerns(nil, failure.file, id) else { return nil }
        return FailureRecord(
            run: "", collection: collection, document: id, code: failure.code.rawValue,
            message: failure.message,
            file: failure.file, line: failure.line, column: failure.column, path: failure.path)
    }

    var text: String {
        var text = "\(collection)/\(document): \(state): \(reason)\n"
        for difference in differences { text += "  \(difference)\n" }
        if let file = failure?.file {
            let place = [file, failure?.line.map(String.init), failure?.column.map(String.init)].compactMap {
                $0
            }
            text += "  at \(place.joined(separator: ":"))\n"
        }
        if let cache { text += "  cache \(cache)\n" }
        return text
    }
}
