/// What `done.json` says of a complete shard.
struct ShardCompletion: Sendable, Hashable, Codable {
    /// The shard's number and how many there are, as `K/N`.
    var shard: String
    /// The digest of the ``ShardJob``.
    var job: String
    /// Documents in the manifest.
    var documents: Int
    /// Documents that were read and could not be published.
    var unpublished: Int
    /// Failures in the manifest.
    var failures: Int
    /// The digest of the manifest's file.
    var manifest: String
    /// The version of this file.
    var version = 1
}
