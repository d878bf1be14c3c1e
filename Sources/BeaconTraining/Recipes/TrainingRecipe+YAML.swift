internal import BeaconModel
internal import FileAccess
public import SystemPackage
internal import Tokenization
internal import Yams

extension TrainingRecipe {
    /// Reads a recipe file.
    ///
    /// - Throws: `TrainingError` naming key and line where something is unknown, missing or out of range.
    public init(contentsOf path: FilePath) throws {
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 24), as: UTF8.self)
        do {
            try self.init(yaml: text, relativeTo: path.removingLastComponent())
        } catch var error as TrainingError {
            error.context["path"] = error.context["path"] ?? path.string
            throw error
        }
    }

    /// Whether another recipe's text says the same, comments and layout apart.
    func isSame(as other: String) -> Bool {
        // What is no YAML can be compared as it stands only.
        guard let mine = try? Yams.compose(yaml: text), let theirs = try? Yams.compose(yaml: other) else {
            return text == other
        }
        return mine == theirs
    }

    /// Looks for every file that the recipe names.
    ///
    /// - Throws: `TrainingError` naming the first one that is missing.
    public func checkFiles() throws {
        var files = [tokenizer] + data.texts + data.sequences
        switch start {
        case .checkpoint(let path), .grown(let path, _):
            files.append(path.appending("config.json"))
        case .wired, .random: break
        }
        for file in files where try FileSystem.kind(of: file) == nil {
            throw TrainingError(
                .invalidData, "the recipe names a file that is not there", context: ["path": file.string])
        }
    }

    /// - Parameter directory: what paths in the recipe are relative to.
    public init(yaml: String, relativeTo directory: FilePath) throws {
        let top = try RecipeNode(yaml: yaml)
        try top.allow(
            "name", "model", "train", "seed", "lanes", "windows_per_pass", "batch", "optimizer", "answers",
            "documents",
            "data", "log_every", "checkpoint_every", "not_finite", "positions", "stages")
        func path(_ node: RecipeNode) throws -> FilePath { directory.pushing(FilePath(try node.string())) }
        let model = try top.required("model")
        self.init(
            start: try Self.start(model, path: path), tokenizer: try path(model.required("tokenizer")))
        beacon = try model["beacon"].map(Self.beacon)
        name = try top["name"]?.string() ?? ""
        train = try top["train"]?.choice(TrainableSet.Choice.self) ?? train
        seed = UInt64(try top["seed"]?.integer(0...Int.max) ?? 1)
        lanes = try top["lanes"]?.integer(1...256) ?? lanes
        segmentsPerPass = try top["windows_per_pass"]?.integer(1...1 << 20)
        logEvery = try top["log_every"]?.integer(1...1 << 30) ?? logEvery
        checkpointEvery = try top["checkpoint_every"]?.integer(1...1 << 30) ?? checkpointEvery
        nonFinite = try top["not_finite"]?.choice(TrainingRun.NonFinitePolicy.self) ?? nonFinite
        positions = try top["positions"]?.integer(16...1 << 22) ?? positions
        if let batch = top["batch"] {
            try batch.allow("tokens", "group")
            batchTokens = try batch["tokens"]?.integer(1...1 << 30) ?? batchTokens
            groupTokens = try batch["group"]?.integer(1...1 << 30) ?? groupTokens
        }
        if let node = top["optimizer"] {
            try node.allow("beta1", "beta2", "epsilon", "weight_decay", "clip")
            optimizer.beta1 = Float(try node["beta1"]?.number(0...0.999_999) ?? Double(optimizer.beta1))
            optimizer.beta2 = Float(try node["beta2"]?.number(0...0.999_999) ?? Double(optimizer.beta2))
            optimizer.epsilon = Float(try node["epsilon"]?.number(1e-30...1) ?? Double(optimizer.epsilon))
            optimizer.weightDecay = Float(
                try node["weight_decay"]?.number(0...10) ?? Double(optimizer.weightDecay))
            optimizer.clip = Float(try node["clip"]?.number(0...1e9) ?? Double(optimizer.clip))
        }
        if let node = top["answers"] {
            try node.allow("weight", "opening")
            answerWeights.answer = Float(try node["weight"]?.number(0...1e6) ?? Double(answerWeights.answer))
            answerWeights.opening = Float(
                try node["opening"]?.number(0...1e6) ?? Double(answerWeights.opening))
        }
        text = yaml
        if let node = top["documents"] { documents = try Self.documents(node) }
        if let node = top["data"] { data = try Self.data(node, path: path) }
        stages = try top.required("stages").items().map(Self.stage)
        guard !stages.isEmpty else { throw try top.required("stages").error("a recipe needs a stage") }
    }

    private static func start(
        _ node: RecipeNode, path: (RecipeNode) throws -> FilePath
    ) throws -> Start {
        try node.allow("start", "checkpoint", "tokenizer", "grow", "shape", "beacon")
        switch try node["start"]?.string() ?? "checkpoint" {
        case "checkpoint":
            let checkpoint = try path(node.required("checkpoint"))
            guard let grow = node["grow"] else { return .checkpoint(checkpoint) }
            try grow.allow("hidden", "intermediate", "layers", "kv_heads", "seed")
            return .grown(
                checkpoint,
                ModelGrowth(
                    hiddenSize: try grow.required("hidden").integer(2...1 << 16),
                    intermediateSize: try grow.required("intermediate").integer(2...1 << 18),
                    layers: try grow.required("layers").integer(1...1024),
                    kvHeads: try grow.required("kv_heads").integer(1...1024),
                    seed: UInt64(try grow["seed"]?.integer(0...Int.max) ?? 1)))
        case "wired": return .wired(try newModel(node.required("shape")))
        case "random": return .random(try newModel(node.required("shape")))
        case let other:
            throw node.error("start is '\(other)', expected checkpoint, wired or random")
        }
    }

    private static func beacon(_ node: RecipeNode) throws -> BeaconStart {
        try node.allow("window", "ratios", "projections", "sink")
        var start = BeaconStart()
        start.windowSize = try node["window"]?.integer(2...1 << 20)
        start.ratios = try node["ratios"]?.integers(0...1 << 20)
        start.projections = try node["projections"]?.items().map { try $0.choice(BeaconProjection.self) }
        start.sinkSize = try node["sink"]?.integer(0...1 << 20)
        return start
    }

    private static func newModel(_ node: RecipeNode) throws -> NewModel {
        try node.allow(
            "hidden", "intermediate", "layers", "heads", "kv_heads", "positions", "rope_theta", "window",
            "ratios")
        var model = NewModel()
        model.hiddenSize = try node["hidden"]?.integer(2...1 << 16) ?? model.hiddenSize
        model.intermediateSize = try node["intermediate"]?.integer(2...1 << 18) ?? model.intermediateSize
        model.layers = try node["layers"]?.integer(1...1024) ?? model.layers
        model.heads = try node["heads"]?.integer(1...1024) ?? model.heads
        model.kvHeads = try node["kv_heads"]?.integer(1...1024) ?? model.kvHeads
        model.maxPositions = try node["positions"]?.integer(16...1 << 24) ?? model.maxPositions
        model.ropeTheta = try node["rope_theta"]?.number(2...1e12) ?? model.ropeTheta
        model.windowSize = try node["window"]?.integer(2...1 << 20) ?? model.windowSize
        model.ratios = try node["ratios"]?.integers(0...1 << 20) ?? model.ratios
        guard model.hiddenSize % (2 * model.heads) == 0, model.heads % model.kvHeads == 0 else {
            throw node.error(
                "hidden \(model.hiddenSize) must divide into \(model.heads) heads of even size, and heads among "
                    + "\(model.kvHeads) kv_heads")
        }
        return model
    }

    private static func documents(_ node: RecipeNode) throws -> QuestionDocumentGenerator.Options {
        try node.allow(
            "names", "unusual_names", "not_stated", "filler", "distractors", "forms", "everyday", "contrast")
        var options = QuestionDocumentGenerator.Options()
        options.split = try node["names"]?.choice(QuestionDocumentSplit.self) ?? options.split
        options.unusualNames = try node["unusual_names"]?.number(0...1) ?? options.unusualNames
        options.notStated = try node["not_stated"]?.number(0...1) ?? options.notStated
        options.filler = try node["filler"]?.number(0...1000) ?? options.filler
        options.contrast = try node["contrast"]?.number(0...1) ?? options.contrast
        options.distractors = try node["distractors"]?.number(0...1) ?? options.distractors
        options.forms = try node["forms"]?.number(0...1) ?? options.forms
        options.everyday = try node["everyday"]?.number(0...1) ?? options.everyday
        return options
    }

    private static func data(
        _ node: RecipeNode, path: (RecipeNode) throws -> FilePath
    ) throws -> DataFiles {
        try node.allow("texts", "sequences", "template", "shortest", "longest", "text_limit")
        var data = DataFiles()
        data.texts = try node["texts"]?.items().map(path) ?? []
        data.sequences = try node["sequences"]?.items().map(path) ?? []
        data.corpus.shortest = try node["shortest"]?.integer(1...1 << 40) ?? data.corpus.shortest
        data.corpus.longest = try node["longest"]?.integer(1...1 << 40) ?? data.corpus.longest
        data.corpus.template = try node["template"]?.choice(ChatTemplate.self)
        data.textLimit = try node["text_limit"]?.integer(1...1 << 40) ?? data.textLimit
        return data
    }

    private static func stage(_ node: RecipeNode) throws -> TrainingStage {
        try node.allow("name", "steps", "rate", "warm_up", "decay", "until", "batches_per_step", "mix")
        let mix = try node.required("mix").items().map(Self.kind)
        guard !mix.isEmpty else {
            throw try node.required("mix").error("a stage mixes at least one kind of batch")
        }
        var gate: TrainingStage.Gate?
        if let until = node["until"] {
            try until.allow("batch", "loss")
            let index = try until.required("batch").integer(0...max(0, mix.count - 1))
            gate = .init(label: mix[index].label, loss: try until.required("loss").number(0...100))
        }
        return TrainingStage(
            name: try node.required("name").string(), steps: try node.required("steps").integer(1...1 << 40),
            mix: mix, rate: Float(try node.required("rate").number(0...10)),
            warmUp: try node["warm_up"]?.integer(0...1 << 30) ?? 0,
            decay: try node["decay"]?.number(0...1) ?? 0,
            gate: gate, batchesPerStep: try node["batches_per_step"]?.integer(1...1 << 20) ?? 1)
    }

    private static func kind(_ node: RecipeNode) throws -> BatchKind {
        try node.allow("batch", "share", "windows", "ratios", "text_weight", "fresh", "loss_weight")
        let windows = try node["windows"]?.integers(0...1 << 20) ?? [0, 0]
        guard windows.count == 2, windows[0] <= windows[1] else {
            throw node.error("windows is \(windows), expected [fewest, most]")
        }
        return BatchKind(
            try node.required("batch").choice(BatchKind.Content.self),
            share: try node["share"]?.number(0...1e6) ?? 1, windows: windows[0]...windows[1],
            ratios: try node["ratios"]?.integers(0...1 << 20) ?? [],
            textWeight: Float(try node["text_weight"]?.number(0...1e6) ?? 0),
            freshShare: try node["fresh"]?.number(0...1) ?? 0,
            lossWeight: Float(try node["loss_weight"]?.number(0...1e6) ?? 1))
    }
}
