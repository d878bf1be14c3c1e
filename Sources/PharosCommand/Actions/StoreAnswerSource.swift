import Answering
import BeaconModel
import CacheStorage
import ContextCaching
import Documents
import Evaluation
import FileAccess
import Foundation
import Synchronization
import SystemPackage
import Tensors

/// Answers in an evaluation as `pharos ask` does: each document is compressed into a store in segments, a search
/// picks some of them for every question, and the model sees nothing else.
///
/// The uncompressed control reads the same pieces of text. Questions of one conversation are answered one by one.
final class StoreAnswerSource: AnswerSource {
    let name = "store"
    let usesOwnLayout = true

    private let loaded: LoadedModel
    private let context: ComputeContext
    private let segmentation: CompressionSettings.Segmentation
    private let choice: ContextChoice
    /// What the uncompressed control's segments are searched with.
    private let controlMode: ContextMode
    private let directory: FilePath
    private let current = Mutex<Opened?>(nil)

    /// The store of the document asked about last.
    private struct Opened {
        var digest: String
        var mode: ContextMode
        var answerer: StoreAnswerer
        var path: FilePath
    }

    /// - Parameter directory: an empty directory of its own; what is in it goes with the source.
    init(
        _ loaded: LoadedModel, context: ComputeContext, segmentation: CompressionSettings.Segmentation,
        choice: ContextChoice, modes: [ContextMode], directory: FilePath
    ) {
        self.loaded = loaded
        self.context = context
        self.segmentation = segmentation
        self.choice = choice
        self.directory = directory
        controlMode = modes.first { $0 != .full && $0 != .lastWindow } ?? .adaptive
    }

    func answers(to request: AnswerRequest) async throws -> [String] {
        precondition(request.mode != .lastWindow, "the control is the model's alone")
        let mode = request.mode == .full ? controlMode : request.mode
        let answerer = try answerer(request.document, mode: mode)
        var options = Answerer.Options()
        options.maxTokens = request.maxTokens
        options.citations = 0
        return try request.questions.map { text in
            let question = Question(text, documents: [Self.document])
            do {
                return try request.mode == .full
                    ? answerer.answerUncompressed(question, choice: choice, options: options).text
                    : answerer.answer(question, choice: choice, options: options).text
            } catch let error as AnsweringError where error.code == .nothingChosen {
                return ""
            }
        }
    }

    private static let document = "document"

    /// What answers about `text`: the store at hand if it is about the same, else one made anew.
    private func answerer(_ text: String, mode: ContextMode) throws -> StoreAnswerer {
        let digest = ContentDigest.hex(of: text)
        return try current.withLock { current in
            if let opened = current, opened.digest == digest, opened.mode == mode { return opened.answerer }
            if let path = current?.path {
                current = nil
                try FileManager.default.removeItem(atPath: path.string)
            }
            let path = directory.appending("\(mode.name)-\(digest.prefix(16))")
            let opened = Opened(
                digest: digest, mode: mode, answerer: try make(text, digest: digest, mode: mode, at: path),
                path: path)
            current = opened
            return opened.answerer
        }
    }

    private func make(_ text: String, digest: String, mode: ContextMode, at path: FilePath) throws
        -> StoreAnswerer
    {
        var compression = CompressionSettings(segmentation: segmentation)
        if case .ratio(let ratio) = mode { compression.ratio = .fixed(ratio) }
        let recipe = try ContextRecipe(
            loaded, compression: compression, storage: StorageSettings(), normaliser: TextNormalizer.version)
        let store = try CacheStore.create(path, createdBy: "pharos \(Pharos.version)", command: "eval")
        let (tokens, plan) = try recipe.plan(text)
        let identity = try recipe.identity(textDigest: digest)
        let writer = try store.cacheWriter(identity, layout: recipe.layout(plan), level: recipe.storage.level)
        try ContextCompressor(recipe, context: context).compress(tokens, plan, into: writer)
        let summary = try writer.finish()
        try store.publish(
            DocumentRecord(
                collection: name, id: Self.document, title: nil, metadata: [:], source: "{}", sourceMap: []),
            text: text, passages: Self.passages(plan), cache: identity, summary: summary)
        return StoreAnswerer(
            store: store, collection: name, loaded: loaded, normaliser: TextNormalizer.version,
            context: context)
    }

    /// Segments with text; windows where the document is one segment.
    private static func passages(_ plan: ChunkPlan) -> [Passage] {
        if plan.segments.count == 1 {
            return plan.windows.filter { !$0.interval.bytes.isEmpty }.map {
                Passage(segment: $0.segment, windows: $0.index..<$0.index + 1, bytes: $0.interval.bytes)
            }
        }
        return plan.segments.enumerated().compactMap { number, segment in
            segment.interval.bytes.isEmpty
                ? nil : Passage(segment: number, windows: segment.windows, bytes: segment.interval.bytes)
        }
    }
}
