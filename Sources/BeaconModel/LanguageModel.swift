internal import Safetensors
public import SystemPackage
public import Tensors

/// A checkpoint with its beacon parameters, ready to run; immutable and shared by all sequences.
public final class LanguageModel: Sendable {
    public let configuration: ModelConfiguration
    public let weightFormat: WeightFormat
    public let directory: FilePath
    let embedding: EmbeddingTable
    let layers: [LayerWeights]
    let finalNorm: [Float]
    let head: LinearWeights
    let rotary: RotaryEmbedding

    /// Loads a model directory in Hugging Face layout.
    ///
    /// Beacon parameters that the checkpoint lacks start as the reference starts them: projections as copies
    /// of the ordinary ones, the embedding as the row of the end-of-text (or begin-of-text) token.
    ///
    /// - Parameters:
    ///   - format: the number format of the matrix products.
    ///   - configuration: settings to use instead of the directory's own `config.json`.
    ///   - context: the cores that convert and pack weights; by default the calling thread.
    public init(
        directory: FilePath, format: WeightFormat = .f32, configuration: ModelConfiguration? = nil,
        using context: ComputeContext? = nil
    ) throws {
        let configuration = try configuration ?? ModelConfiguration(directory: directory)
        let checkpoint = try Checkpoint(directory: directory)
        let loader = LayerLoader(checkpoint, configuration, format: format, context: context)
        self.configuration = configuration
        self.directory = directory
        weightFormat = format
        rotary = RotaryEmbedding(configuration)
        embedding = try EmbeddingTable(checkpoint, configuration)
        layers = try (0..<configuration.layers).map(loader.load)
        finalNorm = try checkpoint.floats(WeightNames.finalNorm, shape: [configuration.hiddenSize])
        let own = String(WeightNames.head.dropLast(".weight".count))
        let tied = configuration.tiesEmbeddings || !checkpoint.holdsMatrix(own)
        head = try checkpoint.linear(
            tied ? String(WeightNames.embedding.dropLast(".weight".count)) : own,
            outputs: configuration.vocabularySize,
            inputs: configuration.hiddenSize, bias: false, format: format, using: context)
    }
}
