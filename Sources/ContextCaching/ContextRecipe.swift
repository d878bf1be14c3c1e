public import BeaconModel
public import CacheStorage
import FileAccess
import Tensors
import Tokenization

/// Everything but the text that decides a document's context cache.
///
/// A recipe and a text give one identity; equal identities are equal bytes.
public struct ContextRecipe: Sendable {
    public let loaded: LoadedModel
    public let compression: CompressionSettings
    public let storage: StorageSettings
    /// Version of the normaliser that texts went through.
    public let normaliser: String
    /// The model's beacon settings with the recipe's choices put in.
    public let settings: BeaconConfiguration
    /// The identity of the cache of no text.
    private let identity: CacheIdentity

    /// - Throws: `ModelError` where ratio, window and segments contradict each other.
    public init(
        _ loaded: LoadedModel, compression: CompressionSettings, storage: StorageSettings, normaliser: String
    ) throws {
        self.loaded = loaded
        self.compression = compression
        self.storage = storage
        self.normaliser = normaliser
        settings = try compression.settings(for: loaded.model.configuration)
        identity = try Self.identity(
            loaded, compression: compression, settings: settings, storage: storage, normaliser: normaliser)
    }

    /// The identity of the cache of the text whose SHA-256 is `textDigest`.
    public func identity(textDigest: String) throws -> CacheIdentity { identity.replacing(text: textDigest) }

    private static func identity(
        _ loaded: LoadedModel, compression: CompressionSettings, settings: BeaconConfiguration,
        storage: StorageSettings, normaliser: String
    ) throws -> CacheIdentity {
        let digests = loaded.digests
        let identity = CacheIdentity(
            weights: digests.weights, beaconParameters: digests.beacon, tokenizer: digests.tokenizer,
            configuration: digests.configuration, weightFormat: loaded.model.weightFormat.rawValue,
            windowSize: settings.windowSize, stride: settings.windowSize,
            placement: settings.placement.rawValue, attention: settings.attention.rawValue,
            attendPrevious: settings.attendPrevious, sinkSize: settings.sinkSize,
            ratios: RecipeText.ratios(settings, compression.ratio),
            segmentRule: RecipeText.segments(compression.segmentation),
            promptHead: ContentDigest.hex(of: loaded.layout.head), normaliser: normaliser, text: "",
            keyEncoding: storage.keys, valueEncoding: storage.values, compressionLevel: storage.level)
        // Whether the window is the model's own decides what a question expects of a changed model.
        let choice = CacheIdentity.Field(
            name: RecipeText.windowChoice,
            value: compression.windowSize == nil ? RecipeText.ownWindow : RecipeText.givenWindow)
        return try CacheIdentity(fields: identity.fields + [choice])
    }

    /// The recipe that a question expects a cache to be made by: the model at hand with the choices that the
    /// cache says were made for it.
    public init(_ loaded: LoadedModel, askedOf found: CacheIdentity, normaliser: String) throws {
        let window = found[RecipeText.windowChoice] == RecipeText.givenWindow ? found["window.size"] : nil
        try self.init(
            loaded,
            compression: CompressionSettings(
                ratio: RecipeText.ratio(found["ratios"] ?? ""),
                segmentation: RecipeText.segmentation(found["segments"] ?? ""),
                windowSize: window.flatMap { Int($0) }),
            storage: StorageSettings(
                keys: KeyValueEncoding(rawValue: found["encoding.keys"] ?? "") ?? .f16,
                values: KeyValueEncoding(rawValue: found["encoding.values"] ?? "") ?? .f16,
                level: Int(found["encoding.level"] ?? "") ?? 3),
            normaliser: normaliser)
    }

    /// The document's tokens and windows.
    public func plan(_ text: String) throws -> (tokens: DocumentTokens, plan: ChunkPlan) {
        let tokens = DocumentTokens(
            text: text, head: loaded.head, layout: loaded.layout, tokenizer: loaded.tokenizer)
        return (tokens, try ChunkPlan(tokens, settings: compression, model: loaded.model.configuration))
    }

    /// What the cache of a planned document will hold.
    public func layout(_ plan: ChunkPlan) -> ContextCacheLayout {
        let model = loaded.model.configuration
        func interval(_ interval: Interval) -> CacheInterval {
            CacheInterval(tokens: interval.tokens, bytes: interval.bytes)
        }
        let sharesSink = loaded.head.count >= settings.sinkSize
        var sinkIsStored = false
        let segments = plan.segments.map { segment -> CacheSegment in
            let windows = plan.windows[segment.windows]
            let hasSink =
                settings.sinkSize > 0 && windows.contains(where: \.isComplete)
                && !(sharesSink && sinkIsStored)
            sinkIsStored = sinkIsStored || hasSink
            return CacheSegment(
                sinkEntries: hasSink ? settings.sinkSize : 0,
                windows: windows.map { window in
                    CacheWindow(
                        ratio: window.ratio ?? 0, beacons: window.entries.map { interval($0.interval) })
                },
                raw: segment.tail.map {
                    CacheSegment.RawEntry(isBeacon: $0.kind == .beacon, interval: interval($0.interval))
                },
                tokens: segment.interval.tokens, bytes: segment.interval.bytes)
        }
        return ContextCacheLayout(
            layers: model.layers, kvHeads: model.kvHeads, headDim: model.headDim, keyEncoding: storage.keys,
            valueEncoding: storage.values, segments: segments)
    }
}

extension MemoryBlock {
    init(_ block: KeyValueBlock) {
        self.init(
            layers: block.layers, entries: block.entries, kvHeads: block.kvHeads, headDim: block.headDim,
            keys: block.keys, values: block.values)
    }

    var stored: KeyValueBlock {
        KeyValueBlock(
            layers: layers, entries: entries, kvHeads: kvHeads, headDim: headDim, keys: keys, values: values)
    }
}
