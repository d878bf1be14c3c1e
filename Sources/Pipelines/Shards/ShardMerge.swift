public import CacheStorage
import Documents
import FileAccess
public import SystemPackage

/// Joins the shards of a job into their store.
public struct ShardMerge: Sendable {
    /// What a merge came to.
    public struct Report: Sendable, Hashable, Codable {
        public var collection = ""
        public var shards = 0
        /// Documents of all shards.
        public var documents = 0
        /// Those that the store did not hold just so before.
        public var published = 0
        /// Documents that left the collection, as the sources have them no longer.
        public var removed = 0
        /// Documents that no shard met, and that stay because a source was empty or could not be read.
        public var kept = 0
        /// Documents and files that the shards could not process.
        public var failures = 0
    }

    /// Documents that are published in one transaction.
    private static let batch = 128

    public let inspection: ShardInspection
    private let files: ShardFiles
    /// What the shards agree on.
    public let job: ShardJob

    /// Reads all shards.
    ///
    /// - Throws: ``PipelinesError`` that names every missing, duplicate, foreign or tampered shard.
    public init(_ store: FilePath, expected: Int, key: StoreKey? = nil) throws {
        inspection = try ShardInspection(store, expected: expected, readingData: true, key: key)
        try inspection.requireComplete()
        files = ShardFiles(store: store)
        guard let job = inspection.job else {
            throw PipelinesError(.missingShards, "no shard has run", context: ["path": files.root.string])
        }
        self.job = job
    }

    /// The collection that the shards belong to.
    public var collection: String { job.collection }

    /// What the shards could not process, as a run's history keeps it.
    public func failures(ofRun run: String) -> [FailureRecord] {
        inspection.failures.map {
            FailureRecord(
                run: run, collection: job.collection, document: nil, code: $0.code, message: $0.message,
                file: $0.file, line: $0.line, column: $0.column, path: $0.path)
        }
    }

    /// Throws where another run over the collection came after the shards began, and joining them would undo
    /// its work.
    ///
    /// Joining again what is joined already undoes nothing, whatever ran since.
    ///
    /// - Throws: ``PipelinesError`` of code `staleShards`.
    public func requireNewest(in store: CacheStore) throws {
        guard let known = try ShardJSON.read(ShardBase.self, files.base)?.runs else { return }
        let digest = try job.digest
        let later = try store.runs().first { run in
            run.collection == job.collection && !known.contains(run.id)
                && !(run.command.hasPrefix("merge ") && run.definition == digest)
        }
        guard let later else { return }
        let count = try changeCount(in: store)
        guard count > 0 else { return }
        throw PipelinesError(
            .staleShards,
            "the shards are older than the store: the run \(later.id) ('\(later.command)') came after they "
                + "began, and joining them would change \(count) documents back; run them anew after 'pharos "
                + "shards clear', or join them all the same with --replace-newer",
            context: ["path": files.root.string])
    }

    /// How many documents of the collection joining would publish or remove.
    private func changeCount(in store: CacheStore) throws -> Int {
        var count = 0
        for (entry, _) in inspection.entries
        where try store.findDocument(entry.id, in: job.collection)?.textObject != entry.files.text.name {
            count += 1
        }
        return try count + leavers(of: store).gone.count
    }

    /// The ids of the store's documents that no shard met, and of how many more stay, as in a run, because
    /// what they came from was empty or could not be read.
    private func leavers(of store: CacheStore) throws -> (gone: [String], kept: Int) {
        let ids = Set((inspection.entries.map(\.entry.id) + inspection.unpublished).map { ByteKey($0) })
        let unread = UnreadPlaces(names: inspection.unread)
        let empty = EmptySources(names: inspection.empty)
        var leavers: (gone: [String], kept: Int) = ([], 0)
        try store.forEachDocument(in: job.collection) { document in
            guard !ids.contains(ByteKey(document.id)) else { return }
            let note = SourceNote(json: document.source)
            // As in a run, what was uploaded stays.
            guard note?.upload != true else { return }
            let file = note?.file
            if file.map({ unread.mayHold($0) }) ?? false || empty.mayHold(file) {
                leavers.kept += 1
            } else {
                leavers.gone.append(document.id)
            }
        }
        return leavers
    }

    /// Publishes all documents in the order of the sources, and removes those that have left the sources.
    ///
    /// - Throws: `CancellationError` after a stop; merging again goes on.
    public func perform(into store: CacheStore, shouldStop: () -> Bool) throws -> Report {
        var report = Report(
            collection: job.collection, shards: job.shards, documents: inspection.entries.count,
            failures: inspection.failures.count)
        let entries = inspection.entries
        for start in stride(from: 0, to: entries.count, by: Self.batch) {
            if shouldStop() { throw CancellationError() }
            report.published += try store.adopt(
                entries[start..<min(start + Self.batch, entries.count)].map { ($0.entry.files, $0.store) })
        }
        let leavers = try leavers(of: store)
        for id in leavers.gone { try store.removeDocument(id, in: job.collection) }
        report.removed = leavers.gone.count
        report.kept = leavers.kept
        try AtomicFile.replace(files.merged, with: ShardJSON.bytes(ShardRun.Merged(job: job.digest)))
        return report
    }

    /// Removes the shards of a store.
    ///
    /// - Returns: how many there were.
    /// - Throws: ``CacheStorageError`` of code `locked` where one is being written.
    public static func clear(_ store: FilePath) throws -> Int {
        let files = ShardFiles(store: store)
        guard try FileSystem.kind(of: files.root) == .directory else { return 0 }
        let names = try FileSystem.list(files.root).filter { $0.contains("-of-") }
        for name in names {
            if let holder = try CacheStore.holder(of: files.root.appending(name)) {
                throw CacheStorageError(
                    .locked, "the shard is in use by \(holder); end it first",
                    path: files.root.appending(name))
            }
        }
        try FileSystem.removeTree(files.root)
        return names.count
    }
}
