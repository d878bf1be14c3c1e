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
        let opened = try open(selection)
        let texts = try texts(selection)
        let ready = clock.now
        var answer = try answerer(opened.settings).answer(
            question.question, parts: opened.parts, texts: texts, options: options, onText: onText)
        answer.promoted = selection.reduce(0) { $0 + $1.promoted.count }
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
