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
        let ids = Set((entries.map(\.entry.id) + inspection.unpublished).map { ByteKey($0) })
        let unread = UnreadPlaces(names: inspection.unread)
        for document in try store.documents(in: job.collection) where !ids.contains(ByteKey(document.id)) {
            // As in a run: what came from a place that cannot be read now stays.
            if let note = SourceNote(json: document.source) {
                if note.upload == true || unread.mayHold(note.file) { continue }
            }
            try store.removeDocument(document.id, in: job.collection)
            report.removed += 1
        }
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
