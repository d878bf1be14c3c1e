import Foundation
public import SystemPackage
internal import Tensors

/// The shape of a checkpoint, read from `config.json`.
public struct ModelConfiguration: Sendable, Hashable {
    public var family: ModelFamily
    public var vocabularySize: Int
    public var hiddenSize: Int
    public var intermediateSize: Int
    public var layers: Int
    public var heads: Int
    public var kvHeads: Int
    public var rmsNormEpsilon: Float
    public var rotaryBase: Double
    public var rotaryScaling: RotaryScaling
    public var maxPositions: Int
    /// Whether the head reuses the token embeddings.
    public var tiesEmbeddings: Bool
    /// Whether q, k and v have a bias.
    public var hasAttentionBias: Bool
    /// Whether o has a bias.
    public var hasOutputBias: Bool
    public var beginOfText: Int?
    /// Ids that end a text; the first one lends its embedding to a missing beacon embedding.
    public var endOfText: [Int]
    /// Ids that end an answer: those, and what `generation_config.json` adds.
    public private(set) var endOfAnswer: Set<Int>
    public var beacon: BeaconConfiguration

    /// Dimension of one head; a `head_dim` key is not honoured, as in the reference.
    public var headDim: Int { hiddenSize / heads }
    /// The beacon token's id inside the model: one past the vocabulary.
    public var beaconToken: Int32 { Int32(vocabularySize) }
    /// Tokens the model can address, with scaling, which may be by a fraction.
    public var contextLength: Double { Double(maxPositions) * rotaryScaling.factor }

    /// Reads `config.json` in `directory`.
    ///
    /// - Throws: `ModelError` naming the key at fault.
    public init(directory: FilePath) throws {
        try self.init(json: ConfigurationObject(contentsOf: directory.appending("config.json")))
        let generation = directory.appending("generation_config.json")
        if FileManager.default.fileExists(atPath: generation.string) {
            let json = try ConfigurationObject(contentsOf: generation)
            endOfAnswer.formUnion(try json.optionalIntegers("eos_token_id") ?? [])
        }
    }

    init(json: ConfigurationObject) throws {
        let type = try json.string("model_type")
        guard let family = ModelFamily(rawValue: type) else {
            throw json.error("model_type is '\(type)'; expected llama, mistral or qwen2")
        }
        self.family = family
        let widest = 1 << 20
        vocabularySize = try json.integer("vocab_size", in: 1...(1 << 24))
        hiddenSize = try json.integer("hidden_size", in: 1...widest)
        intermediateSize = try json.integer("intermediate_size", in: 1...widest)
        layers = try json.integer("num_hidden_layers", in: 1...4096)
        heads = try json.integer("num_attention_heads", in: 1...widest)
        kvHeads = try json.optionalInteger("num_key_value_heads", in: 1...widest) ?? heads
        rmsNormEpsilon = Float(try json.optionalNumber("rms_norm_eps") ?? 1e-6)
        // Transformers 5 moved what it says of RoPE into an object of its own.
        rotaryBase =
            try json.optionalObject("rope_parameters")?.optionalNumber("rope_theta")
            ?? json.optionalNumber("rope_theta") ?? 10000
        maxPositions = try json.optionalInteger("max_position_embeddings", in: 1...(1 << 30)) ?? 2048
        tiesEmbeddings = try json.optionalFlag("tie_word_embeddings") ?? false
        let bias = try json.optionalFlag("attention_bias") ?? false
        hasAttentionBias = family == .qwen2 || (family == .llama && bias)
        hasOutputBias = family == .llama && bias
        beginOfText = try json.optionalInteger("bos_token_id", in: 0...(1 << 24))
        endOfText = try json.optionalIntegers("eos_token_id") ?? []
        endOfAnswer = Set(endOfText)
        rotaryScaling = try RotaryScaling(json: json)
        beacon = try BeaconConfiguration(json: json)

        guard hiddenSize % heads == 0, headDim % 2 == 0 else {
            throw json.error("hidden_size \(hiddenSize) does not divide into \(heads) heads of even size")
        }
        guard headDim <= Attention.largestHeadDim else {
            throw json.error("heads of \(headDim) values are larger than \(Attention.largestHeadDim)")
        }
        guard heads % kvHeads == 0 else {
            throw json.error("\(heads) attention heads do not divide among \(kvHeads) key/value heads")
        }
        guard rotaryBase > 1, rmsNormEpsilon >= 0, rmsNormEpsilon < 1 else {
            throw json.error("rope_theta must exceed 1 and rms_norm_eps lie in 0..<1")
        }
        guard try json.optionalFlag("mlp_bias") != true else {
            throw json.error("mlp_bias is true; only feed-forward layers without biases are supported")
        }
        if let activation = try json.optionalString("hidden_act"), activation != "silu" {
            throw json.error("hidden_act is '\(activation)'; only silu is supported")
        }
    }
}
