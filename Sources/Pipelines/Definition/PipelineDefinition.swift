public import SystemPackage
public import Tokenization

/// What one pipeline file asks for, checked and with its paths resolved.
///
/// A definition is a value: reading it touches nothing but the file. Paths are relative to the directory of the
/// file, so a pipeline means the same from every working directory; `~` stands for the home directory.
public struct PipelineDefinition: Sendable, Hashable {
    /// The name of the pipeline, which is also the name of its collection in the store.
    public var name: String
    /// The directory that receives context caches, texts and the catalog.
    public var store: FilePath
    /// The model that reads the documents.
    public var model: ModelSource
    /// The number format of the model's matrices.
    public var weights: WeightEncoding
    /// What stands around documents and questions; told by the tokenizer when nil.
    public var template: PromptLayout.Family?
    /// The documents, source by source; never empty in a definition read from a file.
    public var sources: [SourceEntry]
    /// How documents become context caches.
    public var compression: CompressionEntry
    /// What of the store goes into the prompt of a question.
    public var context: ContextSettings
    /// A file of questions, one JSON object per line, answered after compressing.
    public var questions: FilePath?
    /// The file that receives the answers; standard output when nil.
    public var answers: FilePath?
    /// When the pipeline runs under `pharos schedule`; nil for a pipeline that is only run by hand.
    public var schedule: ScheduleSettings?
    /// What a single document may cost before it is refused.
    public var limits: LimitSettings
    /// What the store may cost before older caches give way.
    public var retention: RetentionSettings
    /// How the store is kept from those who may read its disk.
    public var encryption: EncryptionSettings

    /// Creates a definition with defaults for everything that a pipeline file may leave out.
    public init(name: String, store: FilePath, sources: [SourceEntry]) {
        self.name = name
        self.store = store
        self.model = .bundled
        self.weights = .int8
        self.sources = sources
        self.compression = CompressionEntry()
        self.context = ContextSettings()
        self.limits = LimitSettings()
        self.retention = RetentionSettings()
        self.encryption = EncryptionSettings()
    }
}
