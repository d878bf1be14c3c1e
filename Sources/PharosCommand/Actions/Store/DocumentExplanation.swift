import CacheStorage
import ContextCaching
import Documents
import FileAccess
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
    init(of id: String, in collection: String, store: CacheStore, model: ModelOptions) throws {
        let stored = try store.findDocument(id, in: collection)
        var expected: CacheIdentity?
        if let stored, let cache = stored.cache,
            let identity = try store.caches(ofText: stored.textDigest).first(where: {
                $0.identity.digest == cache
            })?
            .identity
        {
            let format = WeightFormat(rawValue: identity["compute.weights"] ?? "")
            let loaded = try model.load(format: format)
            expected = try ContextRecipe(loaded, askedOf: identity, normaliser: TextNormalizer.version)
                .identity(textDigest: stored.textDigest)
        }
        self = try Self(id, collection, store, stored: stored, expected: expected, failure: nil)
    }

    /// Explains against what a pipeline would make of the document as it is in the sources now.
    init(of id: String, in collection: String, store: CacheStore, action: RunAction) throws {
        let stored = try store.findDocument(id, in: collection)
        let recipe = try ContextRecipe(
            action.loaded, compression: action.request.compression, storage: action.request.storage,
            normaliser: TextNormalizer.version)
        var digest: String?
        var failure: FailureRecord?
        for source in action.request.sources {
            do {
                try DocumentSourceReader(source).forEachDocument { result in
                    switch result {
                    case .document(let document):
                        if document.id == id, digest == nil { digest = ContentDigest.hex(of: document.text) }
                    case .deletion(let deletion): if deletion.id == id { digest = nil }
                    case .failure(let found): failure = failure ?? Self.record(found, of: id, in: collection)
                    }
                }
            } catch let found as DocumentFailure {
                failure = failure ?? Self.record(found, of: id, in: collection)
            }
        }
        if digest == nil, failure == nil {
            self.init(
                collection: collection, document: id, state: "missing",
                reason: "the pipeline's sources hold no such document"
                    + (stored == nil ? "" : "; the next run removes it from the store"), cache: stored?.cache,
                status: .failed)
            return
        }
        let expected = try digest.map { try recipe.identity(textDigest: $0) }
        self = try Self(
            id, collection, store, stored: stored, expected: expected, failure: digest == nil ? failure : nil)
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
        expected: CacheIdentity?,
        failure: FailureRecord?
    ) throws {
        var state = try expected.map { try store.state(of: stored, expected: $0) } ?? .missing
        if case .missing = state, let cache = stored?.cache {
            // The catalog does not know the cache, or its file is gone; the file tells which.
            do {
                _ = try store.openCache(digest: cache)
            } catch let error as CacheStorageError where error.code != .missing {
                state = .broken(error)
            } catch is CacheStorageError {}
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
        case .fresh: (reason, status) = ("the cache belongs to the text and the model at hand", .done)
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
            expected: expected?.digest, differences: differences, failure: refusal, status: status)
    }

    /// What went wrong with the document in the last run over its collection.
    private static func lastFailure(of id: String, in collection: String, _ store: CacheStore) throws
        -> FailureRecord?
    {
        guard let run = try store.runs().first(where: { $0.collection == collection }) else { return nil }
        return try store.failures(ofRun: run.id).last { concerns($0.document, $0.file, id) }
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
