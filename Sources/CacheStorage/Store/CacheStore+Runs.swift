import GRDB

extension CacheStore {
    /// Notes that a run has begun.
    public func beginRun(_ run: RunRecord) throws {
        try requireWriting()
        try catalog.write { try catalog.record(run, $0) }
    }

    /// Notes a document that the run could not process.
    public func recordFailure(_ failure: FailureRecord) throws {
        try requireWriting()
        try catalog.write { try catalog.record(failure, $0) }
    }

    /// Notes how the run ended.
    public func finishRun(_ run: RunRecord) throws {
        try beginRun(run)
    }

    /// All runs, latest first. One that is `running` although nobody holds the store was killed.
    public func runs() throws -> [RunRecord] {
        try catalog.read { try catalog.runs($0) }
    }

    /// The failures of a run in the order in which they were met.
    public func failures(ofRun run: String) throws -> [FailureRecord] {
        try catalog.read { try catalog.failures(ofRun: run, $0) }
    }
}
