public import BeaconModel
internal import FileAccess
import Foundation
public import SystemPackage
public import Tokenization

/// A recipe made ready to run: model, data and engine in memory.
public final class TrainingSession {
    public let recipe: TrainingRecipe
    public let configuration: ModelConfiguration
    public let tokenizer: Tokenizer
    public let run: TrainingRun
    /// Rows of `data.sequences` that were left out for their length.
    public let leftOut: Int
    /// Two trainings never write one checkpoint.
    private let lock: DirectoryLock

    /// Reads what the recipe names, makes or loads the model, and writes `config.json` and `tokenizer.json` into `output`.
    ///
    /// A run that was stopped in `output` is taken up where it was.
    public init(_ recipe: TrainingRecipe, output: FilePath) throws {
        self.recipe = recipe
        try recipe.checkFiles()
        tokenizer = try Tokenizer(contentsOf: recipe.tokenizer)
        try FileSystem.createDirectory(output, permissions: .shared(executable: true))
        lock = try DirectoryLock(output.appending(".lock"), command: "train")
        if try FileSystem.kind(of: output.appending("state.json")) == nil,
            try CheckpointAverage.holdsWeights(output)
        {
            throw TrainingError(
                .unsupported,
                "the output holds a checkpoint that no training left there; give another --output",
                context: ["path": output.string])
        }
        try Self.checkRecipe(recipe, in: output)
        func write(_ bytes: [UInt8], _ name: String) throws {
            try AtomicFile.replace(output.appending(name), with: bytes, permissions: .shared())
        }
        try write(Self.configurationFile(recipe, tokenizer), "config.json")
        try write(FileSystem.read(recipe.tokenizer, limit: 1 << 28), "tokenizer.json")
        if !recipe.text.isEmpty { try write(Array(recipe.text.utf8), Self.recipeName) }
        configuration = try ModelConfiguration(directory: output)
        guard tokenizer.idBound <= configuration.vocabularySize else {
            throw TrainingError(
                .invalidRecipe,
                "the tokenizer has ids up to \(tokenizer.idBound - 1), the model \(configuration.vocabularySize) "
                    + "tokens",
                context: ["path": recipe.tokenizer.string])
        }
        let parameters = try Self.parameters(recipe, configuration)
        if let name = parameters.firstNotFinite {
            throw TrainingError(
                .invalidData, "the checkpoint to start from holds values that are not numbers",
                context: ["tensor": name])
        }
        let engine = try GradientEngine(
            configuration, parameters: parameters, train: recipe.train, positions: recipe.positions,
            lanes: recipe.lanes, segmentsPerPass: recipe.segmentsPerPass)
        let texts = try TrainingRecipe.texts(recipe.data.texts, limit: recipe.data.textLimit)
        let corpus = try TrainingCorpus(
            files: recipe.data.sequences, tokenizer: tokenizer, options: recipe.data.corpus)
        leftOut = corpus.leftOut
        let tokenizer = tokenizer
        let needsText = recipe.stages.contains {
            $0.mix.contains { $0.content == .text || $0.content == .repetition }
        }
        var source = BatchSource(
            seed: recipe.seed, windowSize: configuration.beacon.windowSize, batchTokens: recipe.batchTokens,
            groupTokens: recipe.groupTokens, separator: Int32(configuration.endOfText.first ?? 0),
            generator: QuestionDocumentGenerator(
                seed: recipe.seed, options: recipe.documents, filler: FillerText(texts: texts)),
            texts: needsText
                ? TextSamples(texts.lazy.map { tokenizer.encode($0, addingSpecialTokens: false).ids })
                : TextSamples(),
            sequences: corpus.sequences, beacon: configuration.beacon,
            encode: { tokenizer.encode($0, addingSpecialTokens: false).ids })
        source.answerWeights = recipe.answerWeights
        run = try TrainingRun(
            engine: engine, source: source, stages: recipe.stages, optimizer: recipe.optimizer,
            seed: recipe.seed,
            output: output)
        run.nonFinite = recipe.nonFinite
        run.logEvery = recipe.logEvery
        run.checkpointEvery = recipe.checkpointEvery
        _ = try run.resume()
    }

    private static let recipeName = "recipe.yaml"

    /// A run that was stopped goes on by the recipe it began with: the same bytes come of nothing else.
    private static func checkRecipe(_ recipe: TrainingRecipe, in output: FilePath) throws {
        let path = output.appending(recipeName)
        guard try FileSystem.kind(of: output.appending("state.json")) != nil,
            try FileSystem.kind(of: path) != nil
        else { return }
        let begun = String(decoding: try FileSystem.read(path, limit: 1 << 24), as: UTF8.self)
        guard recipe.isSame(as: begun) else {
            throw TrainingError(
                .invalidRecipe,
                "the training in the output began with another recipe, kept there; go on with that one, or give "
                    + "another --output", context: ["path": path.string])
        }
    }

    private static func parameters(
        _ recipe: TrainingRecipe, _ configuration: ModelConfiguration
    ) throws -> ModelParameters {
        switch recipe.start {
        case .checkpoint(let path):
            return try ModelParameters(configuration, checkpoint: Checkpoint(directory: path))
        case .grown(let path, let growth):
            let small = try ModelConfiguration(directory: path)
            return try growth.grow(ModelParameters(small, checkpoint: Checkpoint(directory: path)))
        case .wired(let model):
            let wiring = WiredInitialization(seed: recipe.seed, theta: model.ropeTheta)
            let parameters = try wiring.parameters(ModelShape(configuration))
            try wiring.startBeacon(parameters, configuration: configuration)
            return parameters
        case .random:
            let parameters = try RandomInitialization(seed: recipe.seed).parameters(ModelShape(configuration))
            try parameters.initializeBeacon(configuration)
            return parameters
        }
    }

    // MARK: config.json

    private static func configurationFile(_ recipe: TrainingRecipe, _ tokenizer: Tokenizer) throws -> [UInt8]
    {
        switch recipe.start {
        case .checkpoint(let path):
            let json = try settings(of: path)
            if let beacon = recipe.beacon { return try encoded(beacon.settings(over: json)) }
            if recipe.train == .beacon, json["beacon_param"] == nil {
                return try encoded(BeaconStart().settings(over: json))
            }
            return try FileSystem.read(path.appending("config.json"), limit: 1 << 24)
        case .grown(let path, let growth):
            var json = try settings(of: path)
            let shape = try growth.shape(from: ModelShape(ModelConfiguration(directory: path)))
            json["hidden_size"] = shape.hiddenSize
            json["intermediate_size"] = shape.intermediateSize
            json["num_hidden_layers"] = shape.layers
            json["num_attention_heads"] = shape.heads
            json["num_key_value_heads"] = shape.kvHeads
            return try encoded(json)
        case .wired(let model), .random(let model):
            let end = tokenizer.endOfTextID.map { Int($0) } ?? 0
            return try encoded([
                "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "torch_dtype": "float32",
                "hidden_act": "silu", "vocab_size": tokenizer.vocabularySize, "hidden_size": model.hiddenSize,
                "intermediate_size": model.intermediateSize, "num_hidden_layers": model.layers,
                "num_attention_heads": model.heads, "num_key_value_heads": model.kvHeads,
                "max_position_embeddings": model.maxPositions, "rms_norm_eps": 1e-6,
                "rope_theta": model.ropeTheta, "tie_word_embeddings": true, "use_sliding_window": false,
                "attention_dropout": 0.0, "eos_token_id": end, "beacon_window": model.windowSize,
                "beacon_stride": model.windowSize, "beacon_question_window": 2 * model.windowSize,
                "beacon_attn": "full-coverage", "beacon_attend_prev": true,
                "beacon_sink_size": 0, "beacon_ratio": model.ratios, "beacon_ratio_mix": "adapt-1024",
                "beacon_param": ["q", "k", "v"], "beacon_pos": "interleave", "beacon_embed_init": "eos",
                "beacon_parallel_window": 1,
            ])
        }
    }

    private static func settings(of checkpoint: FilePath) throws -> [String: Any] {
        let data = Data(try FileSystem.read(checkpoint.appending("config.json"), limit: 1 << 24))
        guard let json = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw TrainingError(
                .invalidConfiguration, "config.json is not a JSON object",
                context: ["path": checkpoint.string])
        }
        return json
    }

    private static func encoded(_ json: [String: Any]) throws -> [UInt8] {
        Array(try JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .prettyPrinted]))
    }
}

extension TrainingRecipe {
    /// The texts of JSON Lines files with a field `text`, of each file up to `limit` bytes.
    public static func texts(_ files: [FilePath], limit: Int = 1 << 30) throws -> [String] {
        var texts: [String] = []
        for file in files {
            var left = limit
            try JSONLines.forEach(file) { row, line in
                guard left > 0 else { return }
                guard let text = row["text"] as? String else {
                    throw TrainingError(
                        .invalidData, "the row has no string 'text'",
                        context: ["path": file.string, "line": String(line)])
                }
                left -= text.utf8.count
                texts.append(text)
            }
        }
        return texts
    }
}
