public import SystemPackage

/// Where a pipeline's model comes from.
public enum ModelSource: Sendable, Hashable {
    /// The small model that ships with the program.
    case bundled
    /// A checkpoint directory: `config.json`, `*.safetensors`, `tokenizer.json`.
    case directory(FilePath)
}
