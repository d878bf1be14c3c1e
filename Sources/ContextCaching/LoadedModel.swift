public import BeaconModel
public import SystemPackage
public import Tensors
public import Tokenization

/// A model directory with everything that compressing and answering need of it.
public struct LoadedModel: Sendable {
    /// Where it was loaded from.
    public let directory: FilePath
    public let model: LanguageModel
    public let tokenizer: Tokenizer
    public let layout: PromptLayout
    public let digests: ModelDigests
    /// Tokens of the layout's head.
    public let head: [Int32]

    /// Loads weights and tokenizer and takes their digests.
    ///
    /// - Parameters:
    ///   - layout: what stands around documents and questions; told by the tokenizer unless given.
    ///   - context: the cores that convert weights.
    /// - Throws: `ModelError`, `TokenizationError` or `SafetensorsError` naming the file at fault.
    public init(
        directory: FilePath, format: WeightFormat, layout: PromptLayout? = nil,
        using context: ComputeContext? = nil
    ) throws {
        self.directory = directory
        tokenizer = try Tokenizer(contentsOf: directory.appending("tokenizer.json"))
        model = try LanguageModel(directory: directory, format: format, using: context)
        self.layout = layout ?? PromptLayout.detect(tokenizer)
        digests = try ModelDigests(directory: directory)
        head = self.layout.headTokens(tokenizer)
        guard tokenizer.idBound <= model.configuration.vocabularySize else {
            throw ModelError(
                .badConfiguration,
                "tokenizer.json has ids up to \(tokenizer.idBound - 1), the model only "
                    + "\(model.configuration.vocabularySize) tokens",
                context: ["path": directory.string])
        }
    }
}
