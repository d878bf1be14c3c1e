import CacheStorage

/// A run that the store remembers.
struct RunReply: Encodable {
    var run: RunRecord
    /// What could not be processed; only where one run is asked for.
    var failures: [FailureRecord]?

    private enum CodingKeys: CodingKey { case failures }

    /// - Parameter isHeld: whether a process holds the store for writing.
    init(_ run: RunRecord, isHeld: Bool) { self.run = run.shown(isHeld: isHeld) }

    init(_ id: String, _ store: CacheStore) throws {
        guard let run = try store.runs().first(where: { $0.id == id }) else {
            throw ServiceError.notFound("there is no such run", code: "run-not-found")
        }
        self.init(run, isHeld: try CacheStore.holder(of: store.paths.root) != nil)
        failures = try store.failures(ofRun: id)
    }

    func encode(to encoder: any Encoder) throws {
        try run.encode(to: encoder)
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encodeIfPresent(failures, forKey: .failures)
    }
}
