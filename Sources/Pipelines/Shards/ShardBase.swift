import CacheStorage

/// What the store that shards are to be joined to had seen when their job began: a later run over the same
/// collection knows more than they do.
struct ShardBase: Sendable, Hashable, Codable {
    /// The ids of the collection's runs; nil where the store could not tell.
    var runs: [String]?
    /// The version of this file.
    var version = 1

    /// What is so now of the store in `files`, which is opened as `shard` is.
    init(_ files: ShardFiles, collection: String, like shard: CacheStore) throws {
        do {
            runs = try shard.opening(files.store).runs().filter { $0.collection == collection }.map(\.id)
                .sorted()
        } catch let error as CacheStorageError where error.code == .noStore {
            runs = []
        } catch let error as CacheStorageError where error.code == .catalog || error.code == .missing {
            runs = nil
        }
    }
}
