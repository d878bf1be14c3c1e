/// What `forget` removed.
public struct ForgetReport: Sendable, Hashable {
    /// Whether the catalog knew the document.
    public var wasPublished = false
    public var texts = 0
    public var passages = 0
    /// Identity digests of the removed caches and journals.
    public var caches: [String] = []
    public var failures = 0
    /// Lines of the files about runs.
    public var runLines = 0
    public var bytes = 0
}
