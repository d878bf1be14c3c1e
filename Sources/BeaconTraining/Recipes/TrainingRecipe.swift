public import SystemPackage
import Tokenization

/// Everything that defines a training run, as a recipe file says it.
///
/// Paths are relative to the recipe file. Equal recipes and equal files give equal models.
public struct TrainingRecipe: Sendable, Hashable {
    /// Where the first weights come from.
    public enum Start: Sendable, Hashable {
        /// A checkpoint directory; its configuration is kept.
        case checkpoint(FilePath)
        /// A checkpoint that grows first.
        case grown(FilePath, ModelGrowth)
        /// Nothing, with induction heads wired in.
        case wired(NewModel)
        /// Nothing, at random.
        case random(NewModel)
    }

    /// The shape and beacon settings of a model made from nothing.
    public struct NewModel: Sendable, Hashable {
        public var hiddenSize = 128
        public var intermediateSize = 384
        public var layers = 4
        public var heads = 2
        public var kvHeads = 2
        public var maxPositions = 16384
        public var ropeTheta = 1_000_000.0
        public var windowSize = 128
        public var ratios = [2, 4, 8]

        public init() {}
    }

    /// Text and conversations of the user's.
    public struct DataFiles: Sendable, Hashable {
        /// JSON Lines with `text`: for batches of text and repetition, and as filler of made documents.
        public var texts: [FilePath] = []
        /// JSON Lines with `text` or `conversations`, each row one sequence.
        public var sequences: [FilePath] = []
        public var corpus = TrainingCorpus.Options()
        /// Bytes read of each file of `texts`.
        public var textLimit = 1 << 30

        public init() {}
    }

    public var name = ""
    public var start: Start
    /// Beacon settings for a checkpoint; nil leaves it its own, and gives one without any those of the released ones
    /// when its beacons alone are trained.
    public var beacon: BeaconStart?
    public var tokenizer: FilePath
    public var train = TrainableSet.Choice.everything
    public var seed: UInt64 = 1
    /// Shares that a batch is divided into; part of the result, unlike the number of threads.
    public var lanes = 2
    /// nil keeps all activations; a number computes them again, so many windows at a time.
    public var segmentsPerPass: Int?
    public var batchTokens = 4096
    public var groupTokens = 1100
    public var optimizer = AdamW(beta2: 0.98, weightDecay: 0.05)
    public var answerWeights = AnswerWeights()
    public var documents = QuestionDocumentGenerator.Options()
    public var data = DataFiles()
    public var logEvery = 20
    public var checkpointEvery = 250
    public var nonFinite = TrainingRun.NonFinitePolicy.skip
    /// The longest memory plus window that training may see.
    public var positions = 8192
    public var stages: [TrainingStage] = []
    /// The recipe as it was read, kept beside the model; empty for one that was made in a program.
    public var text = ""

    public init(start: Start, tokenizer: FilePath) {
        self.start = start
        self.tokenizer = tokenizer
    }
}
