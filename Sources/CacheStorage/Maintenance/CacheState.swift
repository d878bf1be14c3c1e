/// How a document stands to the cache that is wanted for it.
public enum CacheState: Sendable, Hashable {
    /// The wanted cache is there and can be used.
    case fresh
    /// There is a cache, but of another identity; the fields that differ.
    case stale([IdentityDifference])
    /// There is no cache of the document.
    case missing
    /// The document could not be processed in the last run that met it.
    case refused(FailureRecord)
    /// The wanted cache is there and cannot be used.
    case broken(CacheStorageError)

    /// One word for the state.
    public var name: String {
        switch self {
        case .fresh: "fresh"
        case .stale: "stale"
        case .missing: "missing"
        case .refused: "refused"
        case .broken: "broken"
        }
    }
}
