/// The environment variables that stand in for flags: one table, shown by `pharos doctor` and in the manual.
enum EnvironmentVariable: String, Sendable, Hashable, CaseIterable {
    case store = "PHAROS_STORE"
    case keyFile = "PHAROS_KEY_FILE"
    case collection = "PHAROS_COLLECTION"
    case model = "PHAROS_MODEL"
    case weights = "PHAROS_WEIGHTS"
    case template = "PHAROS_TEMPLATE"
    case threads = "PHAROS_THREADS"
    case jobs = "PHAROS_JOBS"
    case ratio = "PHAROS_RATIO"
    case context = "PHAROS_CONTEXT"
    case beacons = "PHAROS_BEACONS"
    case top = "PHAROS_TOP"
    case maxTokens = "PHAROS_MAX_TOKENS"
    case temperature = "PHAROS_TEMPERATURE"
    case seed = "PHAROS_SEED"
    case json = "PHAROS_JSON"
    case logLevel = "PHAROS_LOG"
    case kernels = "PHAROS_KERNELS"
    case shardIndex = "PHAROS_SHARD_INDEX"
    case shardCount = "PHAROS_SHARD_COUNT"

    /// The flag that the variable stands in for, such as `--max-tokens`.
    var flag: String {
        "--" + rawValue.dropFirst("PHAROS_".count).lowercased().replacing("_", with: "-")
    }

    /// What the variable settles.
    var summary: String {
        switch self {
        case .store: "the store's directory"
        case .keyFile: "the file with the key of an encrypted store"
        case .collection: "the collection in the store"
        case .model: "'bundled' or a checkpoint directory"
        case .weights: "the number format of the matrices: f32, bf16 or int8"
        case .template: "what stands around documents and questions, such as qwen or mistral"
        case .threads: "threads that compute"
        case .jobs: "documents in work at a time"
        case .ratio: "the compression ratio"
        case .context: "what a question is answered from: document, segments or windows"
        case .beacons: "the most beacons in a prompt"
        case .top: "the most pieces in a prompt"
        case .maxTokens: "the longest answer, in tokens"
        case .temperature: "the sampler's temperature"
        case .seed: "the sampler's seed"
        case .json: "1 for JSON output"
        case .logLevel: "how much the service logs: error, warning, notice, info or debug"
        case .kernels: "the kernels to use: scalar, avx2 or avx512"
        case .shardIndex: "this shard's number, from 0"
        case .shardCount: "the number of shards"
        }
    }
}
