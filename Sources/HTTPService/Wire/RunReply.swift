import CacheStorage

/// A run that the store remembers.
struct RunReply: Encodable {
    var id: String
    var collection: String
    var command: String
    var version: String
    var definition: String
    /// Seconds since 1970.
    var started: Int
    var ended: Int?
    var status: String
    var counts: [String: Int]
    /// What could not be processed; only where one run is asked for.
    var failures: [FailureRecord]?

    /// - Parameter isHeld: whether a process holds the store for writing.
    init(_ run: RunRecord, isHeld: Bool) {
        id = run.id
        collection = run.collection
        command = run.command
        version = run.version
        definition = run.definition
        started = run.started
        ended = run.ended
        status = run.status == "running" && !isHeld ? "killed" : run.status
        counts = run.counts
    }

    init(_ id: String, _ store: CacheStore) throws {
        guard let run = try store.runs().first(where: { $0.id == id }) else {
            throw ServiceError.notFound("there is no such run", code: "run-not-found")
        }
        self.init(run, isHeld: try CacheStore.holder(of: store.paths.root) != nil)
        failures = try store.failures(ofRun: id)
    }
}
