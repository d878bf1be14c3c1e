import Answering
import CacheStorage
import ContextCaching
import Documents
import Pipelines
import SystemPackage

/// What is to be run, with every default filled in: from a pipeline file, or from the flags of `add`.
struct RunRequest {
    /// The pipeline file, if it is one.
    var file: FilePath?
    var collection: String
    var store: FilePath
    var sources: [SourceDefinition]
    var compression: ContextCaching.CompressionSettings
    var storage: StorageSettings
    /// How the finer copy is made, where one is kept.
    var fine: ContextCaching.CompressionSettings?
    /// The key of an encrypted store.
    var key: StoreKey?
    /// What the store may take.
    var budget = StoreBudget()
    /// How many seconds caches that no document names are kept; for ever when nil.
    var keepSeconds: Int?
    var choice: ContextChoice
    var questions: FilePath?
    var answers: FilePath?
    /// Digest of the definition, for the history.
    var definition: String

    init(
        _ pipeline: PipelineDefinition, text: String, compression: ContextCaching.CompressionSettings
    ) throws {
        collection = pipeline.name
        store = pipeline.store
        let limits = pipeline.limits.documentLimits
        sources = try pipeline.sources.map { try $0.sourceDefinition(limits: limits) }
        self.compression = compression
        if let ratio = pipeline.compression.fine {
            var fine = compression
            fine.ratio = .fixed(ratio)
            self.fine = fine
        }
        budget = StoreBudget(
            maximumByteCount: pipeline.retention.storeBytes?.bytes,
            freeSpaceFloor: pipeline.retention.freeSpace?.bytes)
        keepSeconds = (pipeline.retention.keep?.components.seconds).map { Int($0) }
        let encoding = KeyValueEncoding(pipeline.compression.values)
        storage = StorageSettings(keys: encoding, values: encoding, level: pipeline.compression.zstdLevel)
        choice = ContextChoice(
            unit: ContextChoice.Unit(rawValue: pipeline.context.choose.rawValue) ?? .segments,
            top: pipeline.context.top ?? AnswerDefaults.top, beacons: pipeline.context.beacons)
        questions = pipeline.questions
        answers = pipeline.answers
        definition = text
    }

    init(
        adding paths: [String], collection: String, store: FilePath,
        compression: ContextCaching.CompressionSettings, storage: StorageSettings
    ) {
        self.collection = collection
        self.store = store
        sources = paths.map { SourceDefinition(path: $0) }
        self.compression = compression
        self.storage = storage
        choice = ContextChoice(top: AnswerDefaults.top)
        definition = "add"
    }
}

/// What questions get where nothing else is said; measured on the bundled model.
enum AnswerDefaults {
    static let top = 1
    static let beacons = 2048
    static let maxTokens = 64
}
