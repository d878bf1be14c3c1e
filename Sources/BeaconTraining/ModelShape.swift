public import BeaconModel

/// The sizes and switches of a model that training needs.
public struct ModelShape: Sendable, Hashable {
    public var vocabularySize: Int
    public var hiddenSize: Int
    public var intermediateSize: Int
    public var layers: Int
    public var heads: Int
    public var kvHeads: Int
    public var normEpsilon: Float
    /// Bias on the query, key and value projections.
    public var inputBias: Bool
    /// Bias on the output projection.
    public var outputBias: Bool
    /// The output matrix is the embedding.
    public var tiedEmbeddings: Bool
    /// Projections with beacon parameters of their own.
    public var beaconProjections: Set<BeaconProjection>

    public init(
        vocabularySize: Int, hiddenSize: Int, intermediateSize: Int, layers: Int, heads: Int, kvHeads: Int,
        normEpsilon: Float = 1e-6, inputBias: Bool = true, outputBias: Bool = false,
        tiedEmbeddings: Bool = true, beaconProjections: Set<BeaconProjection> = [.q, .k, .v]
    ) {
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layers = layers
        self.heads = heads
        self.kvHeads = kvHeads
        self.normEpsilon = normEpsilon
        self.inputBias = inputBias
        self.outputBias = outputBias
        self.tiedEmbeddings = tiedEmbeddings
        self.beaconProjections = beaconProjections
    }

    /// The shape that a checkpoint's configuration describes.
    public init(_ configuration: ModelConfiguration) {
        self.init(
            vocabularySize: configuration.vocabularySize, hiddenSize: configuration.hiddenSize,
            intermediateSize: configuration.intermediateSize, layers: configuration.layers,
            heads: configuration.heads, kvHeads: configuration.kvHeads,
            normEpsilon: configuration.rmsNormEpsilon, inputBias: configuration.hasAttentionBias,
            outputBias: configuration.hasOutputBias, tiedEmbeddings: configuration.tiesEmbeddings,
            beaconProjections: configuration.beacon.projections)
    }

    public var headDim: Int { hiddenSize / heads }
}
