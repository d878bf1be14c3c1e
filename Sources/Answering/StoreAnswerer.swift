import BeaconModel
public import CacheStorage
public import ContextCaching
public import Tensors

/// Answers questions from a collection's caches: chooses pieces by search, restores them, asks the model.
///
/// Document text is read only to quote from it; the model sees nothing but caches and the question.
public struct StoreAnswerer: Sendable {
    public let store: CacheStore
    public let collection: String
    public let loaded: LoadedModel
    public let normaliser: String
    public let context: ComputeContext
    /// Choices that caches must have been made with, beside what they say of themselves.
    public var requirements = Requirements()

    /// What the asker insists on; a cache that differs is refused.
    public struct Requirements: Sendable, Hashable {
        public var ratio: Int?
        public var windowSize: Int?

        public init() {}
    }

    public init(
        store: CacheStore, collection: String, loaded: LoadedModel, normaliser: String,
        context: ComputeContext
    ) {
        self.store = store
        self.collection = collection
        self.loaded = loaded
        self.normaliser = normaliser
        self.context = context
    }

    /// Answers from caches alone.
    ///
    /// - Throws: `CacheStorageError` of code `identity` where a chosen cache does not belong to the model at
    ///   hand, `damaged` where it is broken; `AnsweringError` where nothing was found to answer from.
    public func answer(
        _ question: Question, choice: ContextChoice, options: Answerer.Options = Answerer.Options(),
        onText: (String) throws -> Void = { _ in }
    ) throws -> Answer {
        let clock = ContinuousClock()
        let begin = clock.now
        let selection = try choose(question, choice)
        let chosen = clock.now
        let restored = try restore(selection)
        let ready = clock.now
        var answer = try answerer(restored.settings).answer(
            question.question, parts: restored.parts, texts: restored.texts, options: options, onText: onText)
        answer.seconds.choose = (chosen - begin).seconds
        answer.seconds.restore += (ready - chosen).seconds
        return answer
    }

    func answerer(_ settings: BeaconConfiguration) -> Answerer {
        Answerer(
            model: loaded.model, tokenizer: loaded.tokenizer, layout: loaded.layout, settings: settings,
            context: context)
    }

    /// The control: the same pieces of text, fed uncompressed.
    public func answerUncompressed(
        _ question: Question, choice: ContextChoice, options: Answerer.Options = Answerer.Options()
    ) throws -> Answer {
        var texts: [String] = []
        for piece in try choose(question, choice) {
            let text = Array(try store.text(of: piece.document).utf8)
            let bytes = piece.passages.map { passages in passages.map(\.bytes) } ?? [0..<text.count]
            texts += bytes.map { String(decoding: text[$0], as: UTF8.self) }
        }
        return try answerer(loaded.model.configuration.beacon).answerUncompressed(
            question.question, texts: texts, options: options)
    }
}

extension StoreAnswerer {
    /// A document, or passages of one in the order in which they are to be laid.
    struct Piece: Equatable {
        var document: StoredDocument
        /// `nil` = all of it.
        var passages: [Passage]?
    }

    /// Pieces as they come out of their caches.
    struct Restored {
        var parts: [ContextPart] = []
        /// UTF-8 of the documents, for quotes.
        var texts: [String: [UInt8]] = [:]
        var settings: BeaconConfiguration
    }

    /// Opens, checks and restores pieces, in their order.
    func restore(_ selection: [Piece]) throws -> Restored {
        var result = Restored(settings: loaded.model.configuration.beacon)
        for piece in selection {
            let opened = try open(piece.document)
            result.settings = opened.recipe.settings
            result.parts += try restore(piece, opened)
            if result.texts[piece.document.id] == nil {
                result.texts[piece.document.id] = Array(try store.text(of: piece.document).utf8)
            }
        }
        return result
    }

    private struct Opened {
        var recipe: ContextRecipe
        var reader: ContextCacheReader
        var layout: ContextCacheLayout
    }

    /// The pieces to answer from, the best last: what stands next to the question is seen best.
    func choose(_ question: Question, _ choice: ContextChoice) throws -> [Piece] {
        let named = try question.documents?.map { try store.document($0, in: collection) }
        if choice.unit == .document, let named { return named.map { Piece(document: $0) } }
        let hits = try store.search(
            SearchQuery.words(question.question), collections: [collection],
            documents: named?.map(\.id), limit: max(choice.top * 8, 16))
        guard let best = hits.first else {
            if let first = named?.first {
                return [Piece(document: first, passages: try firstPassages(first, choice))]
            }
            throw AnsweringError(
                .nothingChosen, "no document of '\(collection)' has any of the question's words",
                context: ["collection": collection])
        }
        if choice.unit == .document {
            return [Piece(document: try store.document(best.document, in: collection))]
        }
        var pieces: [Piece] = []
        var budget = choice.beacons
        for hit in hits {
            guard pieces.count < choice.top else { break }
            let document = try store.document(hit.document, in: collection)
            let size = try entryCount(document, hit.passage)
            guard size <= budget || pieces.isEmpty else { continue }
            budget -= size
            pieces.append(Piece(document: document, passages: [hit.passage]))
        }
        return pieces.reversed()
    }

    private func firstPassages(_ document: StoredDocument, _ choice: ContextChoice) throws -> [Passage] {
        Array(try store.passages(of: document).prefix(choice.top))
    }

    private func entryCount(_ document: StoredDocument, _ passage: Passage) throws -> Int {
        let reader = try open(document).reader
        let windows = reader.shape.segments.flatMap(\.windows)
        return windows[passage.windows.clamped(to: 0..<windows.count)].reduce(0) { $0 + $1.beacons }
    }

    /// Opens a document's cache and holds it against the model at hand, field by field.
    private func open(_ document: StoredDocument) throws -> Opened {
        guard let digest = document.cache else {
            throw CacheStorageError(
                .missing, "the document \"\(document.id)\" has no cache; run the pipeline again")
        }
        let reader = try store.openCache(digest: digest)
        var recipe = try ContextRecipe(loaded, askedOf: reader.identity, normaliser: normaliser)
        if requirements != Requirements() {
            var compression = recipe.compression
            if let ratio = requirements.ratio { compression.ratio = .fixed(ratio) }
            if let window = requirements.windowSize { compression.windowSize = window }
            recipe = try ContextRecipe(
                loaded, compression: compression, storage: recipe.storage, normaliser: normaliser)
        }
        try recipe.identity(textDigest: document.textDigest).require(reader.identity)
        return Opened(recipe: recipe, reader: reader, layout: try reader.layout())
    }

    private func restore(_ piece: Piece, _ opened: Opened) throws -> [ContextPart] {
        let restorer = ContextRestorer(opened.recipe, threads: context.threads)
        let id = piece.document.id
        guard let passages = piece.passages else { return try restorer.document(id, opened.reader) }
        return try passages.flatMap { passage -> [ContextPart] in
            guard opened.layout.segments.indices.contains(passage.segment) else {
                throw CacheStorageError(
                    .damaged,
                    "a passage of \"\(id)\" names a segment that its cache lacks; run 'pharos repair'")
            }
            let segment = opened.layout.segments[passage.segment]
            let first = opened.layout.segments[..<passage.segment].reduce(0) { $0 + $1.windows.count }
            let coversSegment = passage.windows == first..<first + segment.windows.count
            if coversSegment || passage.windows.isEmpty {
                return try restorer.segments(id, opened.reader, opened.layout, [passage.segment])
            }
            return [try restorer.windows(id, opened.reader, opened.layout, passage.windows)]
        }
    }
}
