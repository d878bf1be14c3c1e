/// The families of checkpoints the transformer runs.
///
/// They share one architecture; what differs is which projections have a bias.
public enum ModelFamily: String, Sendable, Hashable {
    case llama
    case mistral
    case qwen2
}
