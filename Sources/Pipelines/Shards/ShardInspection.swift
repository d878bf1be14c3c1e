public import CacheStorage
import Documents
import FileAccess
public import SystemPackage

/// What is to be said of a job's shards before they are joined.
public struct ShardInspection: Sendable {
    /// The number of shards.
    public let count: Int
    /// Shards that are not complete, in order.
    public private(set) var missing: [Int] = []
    /// Those of the missing that are there, but of other sources or settings.
    public private(set) var foreign: [Int] = []
    /// Shards that are complete, in order.
    public private(set) var done: [Int] = []
    /// What does not belong there or is not what a shard wrote: duplicate, foreign and tampered shards.
    public private(set) var complaints: [String] = []
    /// What all shards agree on; nil before the first has read the sources.
    public let job: ShardJob?
    /// The complete shards' documents in the order of the sources, each with its shard's directory.
    private(set) var entries: [(entry: ShardManifest.Entry, store: StorePaths)] = []
    private(set) var failures: [ShardManifest.Failure] = []
    /// The ids of documents that the sources have and no shard could publish.
    private(set) var unpublished: [String] = []
    /// What no shard could read, relative to the sources.
    private(set) var unread: Set<String> = []
    /// What the names of files fit that may have come from sources which every shard found empty.
    private(set) var empty: Set<String> = []
    private let files: ShardFiles

    /// Looks at the shards of a store.
    ///
    /// - Parameters:
    ///   - expected: how many there must be; what the first shard settled on when nil.
    ///   - readingData: whether every file of every shard is compared with its digest.
    /// - Throws: ``PipelinesError`` of code `usage` where the shards settled on another number.
    public init(_ store: FilePath, expected: Int?, readingData: Bool = false, key: StoreKey? = nil) throws {
        files = ShardFiles(store: store)
        if let expected {
            _ = try ShardAssignment(index: 0, count: expected)
            try ShardRun.requireCount(expected, in: files)
        }
        guard let count = try expected ?? ShardRun.frozenCount(in: files) else {
            throw PipelinesError(
                .usage, "no shard has run; say how many there are to be with --expect N",
                context: ["path": files.root.string])
        }
        self.count = count
        job = try ShardJSON.read(ShardJob.self, files.job)
        var completions: [Int: ShardCompletion] = [:]
        for index in 0..<count {
            let shard = try ShardAssignment(index: index, count: count)
            if let completion = try completion(shard) {
                completions[index] = completion
                done.append(index)
            } else {
                missing.append(index)
            }
        }
        try lookForStrangers()
        guard readingData else { return }
        for index in done {
            guard let completion = completions[index] else { continue }
            do {
                try read(ShardAssignment(index: index, count: count), completion, key: key)
            } catch let error as CacheStorageError {
                complain(index, "\(error.path.map { "\($0): " } ?? "")\(error.message)")
            } catch let error as PipelinesError {
                complain(index, error.message)
            } catch let error as FileAccessError {
                complain(index, "\(error.path): \(error.message)")
            }
        }
        if missing.isEmpty, complaints.isEmpty { checkWhole(completions) }
        entries.sort { $0.entry.ordinal < $1.entry.ordinal }
    }

    /// What a complete shard says of itself; nil where it is missing or belongs to an earlier job.
    private mutating func completion(_ shard: ShardAssignment) throws -> ShardCompletion? {
        let found: ShardCompletion?
        do {
            found = try ShardJSON.read(ShardCompletion.self, files.done(shard))
        } catch let error as PipelinesError {
            complain(shard.index, error.message)
            return nil
        }
        guard let found else { return nil }
        guard found.shard == shard.description else {
            let other = try? ShardAssignment(found.shard)
            let isThere = try other.map { try FileSystem.kind(of: files.done($0)) == .file } ?? false
            complaints.append(
                isThere
                    ? "\(files.directory(shard)) is a duplicate of shard \(found.shard); remove it and run shard \(shard)"
                    : "\(files.directory(shard)) holds the foreign shard \(found.shard); rename or remove it")
            return nil
        }
        guard let job, try found.job == job.digest else {
            foreign.append(shard.index)
            return nil
        }
        return found
    }

    /// Names what lies among the shards and is none of this job's.
    private mutating func lookForStrangers() throws {
        guard try FileSystem.kind(of: files.root) == .directory else { return }
        var known = Set(
            [files.count, files.base, files.job, files.merged].compactMap { $0.lastComponent?.string })
        for index in 0..<count { known.insert(try ShardAssignment(index: index, count: count).directoryName) }
        for name in try FileSystem.list(files.root)
        where !known.contains(name) && !AtomicFile.isPartialName(name) {
            complaints.append("\(files.root.appending(name)) is foreign: no shard of \(count); remove it")
        }
    }

    /// Compares a shard's files with its manifest, and its manifest with what `done.json` says.
    private mutating func read(_ shard: ShardAssignment, _ completion: ShardCompletion, key: StoreKey?) throws
    {
        let path = files.manifest(shard)
        guard try ContentDigest.hex(ofFile: path) == completion.manifest else {
            return complain(shard.index, "\(path): does not have the digest in done.json")
        }
        let manifest = try ShardManifest(path)
        guard manifest.entries.count == completion.documents, manifest.failures.count == completion.failures,
            manifest.unpublished.count == completion.unpublished
        else { return complain(shard.index, "\(path): holds other counts than done.json says") }
        let store = StorePaths(files.directory(shard), isSealed: key != nil)
        for entry in manifest.entries {
            let found = try CacheStore.check(entry.files, in: store, key: key)
            guard ByteKey(found.id) == ByteKey(entry.id), found.collection == job?.collection else {
                complain(shard.index, "\(path): the files of '\(entry.id)' are those of '\(found.id)'")
                continue
            }
            guard shard.contains(document: entry.id) else {
                complain(shard.index, "\(path): the document '\(entry.id)' is foreign to shard \(shard)")
                continue
            }
            entries.append((entry, store))
        }
        failures += manifest.failures
        unpublished += manifest.unpublished
        unread.formUnion(manifest.unread)
        empty.formUnion(manifest.empty)
    }

    /// Whether the shards together are the whole: every document once.
    private mutating func checkWhole(_ completions: [Int: ShardCompletion]) {
        let total = completions.values.reduce(0) { $0 + $1.documents + $1.unpublished }
        var seen: Set<ByteKey> = []
        var places: Set<Int> = []
        for (entry, store) in entries
        where !seen.insert(ByteKey(entry.id)).inserted || !places.insert(entry.ordinal).inserted {
            complaints.append("\(store.root): the document '\(entry.id)' is a duplicate")
        }
        if let job, total != job.documents {
            complaints.append("the shards hold \(total) documents; the first counted \(job.documents)")
        }
    }

    private mutating func complain(_ index: Int, _ message: String) {
        complaints.append(
            "shard \(index)/\(count) is damaged: \(message); running it again with --shard "
                + "\(index)/\(count) mends it"
        )
    }

    /// Throws what keeps the shards from being joined.
    ///
    /// - Throws: ``PipelinesError`` of code `damagedShards` or, where all that is there is sound, `missingShards`.
    public func requireComplete() throws {
        var lines = complaints
        if !missing.isEmpty {
            let others =
                foreign.isEmpty ? "" : " (foreign, of other sources or settings: \(Self.ranges(foreign)))"
            lines.append(
                "\(missing.count) of \(count) shards are missing: \(Self.ranges(missing))\(others); "
                    + "run each with --shard K/\(count)")
        }
        guard !lines.isEmpty else { return }
        var context = ["path": files.root.string]
        if !missing.isEmpty { context["missing"] = Self.ranges(missing) }
        throw PipelinesError(
            complaints.isEmpty ? .missingShards : .damagedShards, lines.joined(separator: "\n"),
            context: context)
    }

    /// Numbers as job engines write them: `1,3-5`.
    public static func ranges(_ numbers: [Int]) -> String {
        var result: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = result.last, last.upperBound + 1 == number {
                result[result.count - 1] = last.lowerBound...number
            } else {
                result.append(number...number)
            }
        }
        return result.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
