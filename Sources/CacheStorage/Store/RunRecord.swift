/// One run of a pipeline: what was run, by which version, with what result.
public struct RunRecord: Sendable, Hashable, Codable {
    /// Unique in the store.
    public var id: String
    public var collection: String
    /// The command line.
    public var command: String
    /// The version of the program.
    public var version: String
    /// The digest of the pipeline's definition.
    public var definition: String
    /// Seconds since 1970.
    public var started: Int
    /// Seconds since 1970; nil while it runs, and for ever where it was killed.
    public var ended: Int?
    /// `running` until it ends, then what the caller gave.
    public var status: String
    /// Numbers of the report, such as documents and tokens.
    public var counts: [String: Int]

    public init(
        id: String, collection: String, command: String, version: String, definition: String, started: Int,
        ended: Int? = nil, status: String = "running", counts: [String: Int] = [:]
    ) {
        self.id = id
        self.collection = collection
        self.command = command
        self.version = version
        self.definition = definition
        self.started = started
        self.ended = ended
        self.status = status
        self.counts = counts
    }

    /// The record as it is to be shown: a run that nobody works on any more was killed.
    ///
    /// - Parameter isHeld: whether a process holds the store for writing.
    public func shown(isHeld: Bool) -> RunRecord {
        var result = self
        if status == "running", !isHeld { result.status = "killed" }
        return result
    }
}
