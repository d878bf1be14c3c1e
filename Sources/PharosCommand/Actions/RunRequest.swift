import Answering
import CacheStorage
import ContextCaching
import Documents
import Pipelines
import SystemPackage

/// What is to be run, with every default filled in: from a pipeline file, or from the flags of `add`.
struct RunRequest {
    var collection: String
    var store: FilePath
    var sources: [SourceDefinition]
    var compression: ContextCaching.CompressionSettings
    var storage: StorageSettings
    var choice: ContextChoice
    var questions: FilePath?
    var answers: FilePath?
    /// Digest of the definition, for the history.
    var definition: String

    init(_ pipeline: PipelineDefinition, text: String, compression: ContextCaching.CompressionSettings) {
        collection = pipeline.name
        store = pipeline.store
        let limits = pipeline.limits.documentLimits
        sources = pipeline.sources.map { $0.sourceDefinition(limits: limits) }
        self.compression = compression
        let encoding = KeyValueEncoding(rawValue: pipeline.compression.values.rawValue) ?? .int8
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
    static let ratio = 4
    static let segmentWindows = 2
}
