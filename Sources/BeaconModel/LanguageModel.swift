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
        head = try checkpoint.linear(
            configuration.tiesEmbeddings ? String(WeightNames.embedding.dropLast(".weight".count)) : own,
            outputs: configuration.vocabularySize,
            inputs: configuration.hiddenSize, bias: false, format: format, using: context)
    }

    /// How sequences hold keys and values. Rounded weights make larger differences than halves do, and halves are read
    /// twice as fast.
    var memoryStorage: HeadStorage { weightFormat == .f32 ? .f32 : .f16 }

    /// Bytes that an entry of a shared memory takes up: rotated keys and values in all layers, and keys as they are where
    /// they may be rotated anew.
    public var sharedEntryBytes: Int {
        (rotary.dependsOnLength ? 3 : 2) * configuration.layers * configuration.kvHeads
            * configuration.headDim * memoryStorage.bytesPerValue
    }

    /// Logits to choose tokens by.
    ///
    /// - Throws: `ModelError` where they are not finite, because no token could be chosen by them.
    func finiteLogits(of rows: Range<Int>, in buffers: StepBuffers, using context: ComputeContext) throws
        -> [[Float]]
    {
        try logits(of: rows, in: buffers, using: context).map { try finite($0).get() }
    }

    /// A row of logits, or what is wrong with it.
    func finite(_ logits: [Float]) -> Result<[Float], ModelError> {
        guard logits.allSatisfy(\.isFinite) else {
            return .failure(
                ModelError(
                    .badTensor,
                    "the model's logits are not finite; its weights hold values that are no numbers",
                    context: ["path": directory.string]))
        }
        return .success(logits)
    }

    /// Logits of residual rows `rows`, `[rows, vocabulary]`.
    func logits(of rows: Range<Int>, in buffers: StepBuffers, using context: ComputeContext) -> [[Float]] {
        let selected = Matrix(rows: rows.count, columns: configuration.hiddenSize)
        for (target, row) in rows.enumerated() { selected.setRow(target, to: buffers.residual.row(row)) }
        let normed = Matrix(rows: rows.count, columns: configuration.hiddenSize)
        Operations.rmsNorm(
            selected, rows: rows.count, weight: finalNorm, epsilon: configuration.rmsNormEpsilon,
            into: normed, using: context)
        let input = ActivationInput(columns: configuration.hiddenSize)
        input.prepare(normed, rows: rows.count, using: context)
        let result = Matrix(rows: rows.count, columns: configuration.vocabularySize)
        head.multiply(input, rows: 0..<rows.count, into: result, using: context)
        return (0..<rows.count).map(result.row)
    }
}
