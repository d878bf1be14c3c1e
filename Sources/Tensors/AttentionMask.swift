/// Which memory columns each query row sees.
public enum AttentionMask: Sendable {
    /// All memory, and inputs up to and including the row itself.
    case causal
    /// `[queries, keys]`, row-major; true = visible.
    case explicit([Bool])
}
