public import CacheStorage
import Documents
import FileAccess
import Foundation
public import SystemPackage

/// One shard's run: what it settles with the others before, and what it leaves behind.
public struct ShardRun: Sendable {
    private struct Count: Codable {
        var shards: Int
        var version = 1
    }

    struct Merged: Codable {
        var job: String
        var version = 1
    }

    public let assignment: ShardAssignment
    let files: ShardFiles

    /// - Parameter store: the store that the shards are to be joined to.
    public init(_ assignment: ShardAssignment, of store: FilePath) {
        self.assignment = assignment
        files = ShardFiles(store: store)
    }

    /// The shard's own store.
    public var directory: FilePath { files.directory(assignment) }

    /// Settles the number of shards, before anything is read.
    /// - Throws: ``PipelinesError`` of code `usage` where another shard settled on another number.
    public func settleCount() throws {
        try FileSystem.createDirectory(files.root)
        let bytes = try ShardJSON.bytes(Count(shards: assignment.count))
        if try FileSystem.kind(of: files.count) == nil { _ = try create(files.count, bytes) }
        try Self.requireCount(assignment.count, in: files)
    }

    /// Throws where the shards in `files` settled on another number than `count`.
    static func requireCount(_ count: Int, in files: ShardFiles) throws {
        guard let frozen = try ShardJSON.read(Count.self, files.count)?.shards, frozen != count else {
            return
        }
        throw PipelinesError.shardCount(count, frozen, files)
    }

    /// The number that the shards settled on, if one has started.
    static func frozenCount(in files: ShardFiles) throws -> Int? {
        try ShardJSON.read(Count.self, files.count)?.shards
    }

    /// Puts away what of a finished shard is not what was written, so that this run makes it again.
    ///
    /// - Returns: what was removed.
    public func heal(_ store: CacheStore, collection: String) throws -> [StoreFinding] {
        guard try FileSystem.kind(of: files.done(assignment)) == .file else { return [] }
        let findings = try store.removeDamage(in: collection)
        if !findings.isEmpty { try FileSystem.remove(files.done(assignment)) }
        return findings
    }

    /// Freezes the corpus, or compares the plan with what another shard froze.
    ///
    /// Once all shards of a job were joined, the first shard of a changed corpus begins the next job.
    public func begin(_ plan: RunPlan, of run: PipelineRun) throws -> ShardJob {
        let job = try ShardJob(plan, of: run, shards: assignment.count)
        if try FileSystem.kind(of: files.job) == nil {
            if let base = try base(for: run) { _ = try create(files.base, base) }
            _ = try create(files.job, ShardJSON.bytes(job))
        }
        guard let frozen = try ShardJSON.read(ShardJob.self, files.job) else {
            throw PipelinesError(
                .damagedShards, "\(files.job) went away; were the shards cleared while this one ran?")
        }
        if frozen != job {
            guard try ShardJSON.read(Merged.self, files.merged)?.job == frozen.digest else {
                try job.requireSame(as: frozen, in: files)
                return frozen
            }
            if let base = try base(for: run) { try AtomicFile.replace(files.base, with: base) }
            try AtomicFile.replace(files.job, with: ShardJSON.bytes(job))
        }
        let isDone = try completion()?.job == job.digest
        let isAtRest = plan.documents.allSatisfy { $0.action == .reuse }
        if !isDone || !isAtRest { try FileSystem.remove(files.done(assignment)) }
        return job
    }

    private func base(for run: PipelineRun) throws -> [UInt8]? {
        try run.store.map {
            try ShardJSON.bytes(ShardBase(files, collection: run.collection, like: $0))
        }
    }

    /// What the shard says of its end; nil where it is not done, or says what nobody can read.
    private func completion() throws -> ShardCompletion? {
        do {
            return try ShardJSON.read(ShardCompletion.self, files.done(assignment))
        } catch let error as PipelinesError where error.code == .damagedShards {
            return nil
        }
    }

    /// Writes the manifest, then `done.json`.
    ///
    /// - Throws: ``PipelinesError`` of code `corpusChanged` where a planned document is not what was published.
    public func finish(_ job: ShardJob, _ plan: RunPlan, _ report: RunReport, of run: PipelineRun) throws {
        guard let store = run.store else { throw PipelinesError(.usage, "a shard needs a store of its own") }
        let unpublished = Set(report.unpublished.map { ByteKey($0) })
        var entries: [ShardManifest.Entry] = []
        for document in plan.documents where document.action != .remove && document.action != .skip {
            if unpublished.contains(ByteKey(document.id)) { continue }
            guard let stored = try store.findDocument(document.id, in: job.collection),
                stored.textDigest == document.textDigest
            else { throw PipelinesError.changed(document.id) }
            entries.append(
                ShardManifest.Entry(
                    ordinal: document.ordinal, id: document.id, files: try store.shipment(of: stored)))
        }
        let unread = UnreadPlaces(Set(plan.failures.compactMap(\.file)), sources: run.sources).names
        // The store that the shards are joined to keeps what may have come from there.
        let empty =
            try run.options.allowsEmptySources
            ? [] : EmptySources(run.sources, isNothingRead: plan.corpus.documents == 0).names
        let manifest = ShardManifest(
            entries: entries, failures: report.failures.map { ShardManifest.Failure($0) },
            unpublished: report.unpublished, unread: unread.sorted(), empty: empty)
        guard try ShardJSON.read(ShardJob.self, files.job) == job else {
            throw PipelinesError(
                .corpusChanged, "another shard began another job while this one ran; run this shard again",
                context: ["path": files.job.string])
        }
        let completion = ShardCompletion(
            shard: assignment.description, job: try job.digest, documents: entries.count,
            unpublished: unpublished.count, failures: manifest.failures.count,
            manifest: try manifest.write(files.manifest(assignment)))
        try AtomicFile.replace(files.done(assignment), with: ShardJSON.bytes(completion))
    }

    private func create(_ path: FilePath, _ bytes: [UInt8]) throws -> Bool {
        let process = ProcessInfo.processInfo
        let mark = "\(process.hostName).\(process.processIdentifier).\(assignment.index)"
        return try FileSystem.createExclusively(path, with: bytes, mark: mark)
    }
}

extension PipelinesError {
    static func changed(_ id: String) -> PipelinesError {
        PipelinesError(
            .corpusChanged,
            "the document '\(id)' changed while this shard ran; restore the sources and run the shard again")
    }
}
