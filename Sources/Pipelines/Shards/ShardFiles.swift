import CacheStorage
public import SystemPackage

/// Where the shards of a store lie, and what they agree on.
public struct ShardFiles: Sendable, Hashable {
    /// The store that the shards are to be joined to.
    let store: FilePath
    /// The directory of all shards, `STORE/shards`.
    public let root: FilePath

    /// - Parameter store: the store that the shards are to be joined to.
    public init(store: FilePath) {
        self.store = store
        root = StorePaths(store).shards
    }

    /// Says how many shards there are; written before anything else, by the first shard that starts.
    var count: FilePath { root.appending("count.json") }
    /// The ``ShardJob``; written by the first shard that has read the sources.
    var job: FilePath { root.appending("job.json") }
    /// The ``ShardBase``; written before the job.
    var base: FilePath { root.appending("base.json") }
    /// The digest of the job whose shards were joined last.
    var merged: FilePath { root.appending("merged.json") }

    /// The store of one shard.
    public func directory(_ shard: ShardAssignment) -> FilePath { root.appending(shard.directoryName) }

    /// The documents of one shard with the digests of their files.
    func manifest(_ shard: ShardAssignment) -> FilePath { directory(shard).appending("manifest.ndjson") }

    /// Says that a shard is complete; written last.
    func done(_ shard: ShardAssignment) -> FilePath { directory(shard).appending("done.json") }
}
