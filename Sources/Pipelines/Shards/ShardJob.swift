import CacheStorage
import ContextCaching
import FileAccess
import SystemPackage

/// What all shards of a job agree on, frozen by the first of them: how many there are, what is read, how it is kept.
public struct ShardJob: Sendable, Hashable, Codable {
    /// The number of shards.
    public var shards: Int
    /// The collection that the documents join.
    public var collection: String
    /// The digest of everything but the text that decides a document's caches: model, ratio, windows, encoding.
    public var settings: String
    /// Documents of all shards.
    public var documents: Int
    /// The digest of all documents, in the order of the sources.
    public var corpus: String
    /// The version of this file.
    var version = 1

    /// The job that a plan belongs to.
    init(_ plan: RunPlan, of run: PipelineRun, shards: Int) throws {
        self.shards = shards
        collection = run.collection
        let recipes = [run.recipe, run.fine].compactMap { $0 }
        let digests = try recipes.map { try $0.identity(textDigest: ContentDigest.hex(of: "")).digest }
        settings = ContentDigest.hex(of: digests.joined(separator: "\n"))
        documents = plan.corpus.documents
        corpus = plan.corpus.digest
    }

    /// The digest by which shards name the job they belong to.
    public var digest: String {
        get throws { ContentDigest.hex(of: try ShardJSON.bytes(self)) }
    }

    /// Throws the difference that keeps a shard with this job from joining `frozen`.
    func requireSame(as frozen: ShardJob, in files: ShardFiles) throws {
        guard self != frozen else { return }
        let context = ["path": files.root.string]
        guard collection == frozen.collection, settings == frozen.settings else {
            let what =
                collection == frozen.collection
                ? "the model or the compression settings are not those of the shards that ran before"
                : "the shards that ran before belong to the collection '\(frozen.collection)', not '\(collection)'"
            throw PipelinesError(
                .badConfiguration,
                "\(what); undo the change, or remove the shards with 'pharos shards clear' and run all of them again",
                context: context)
        }
        guard shards == frozen.shards else { throw PipelinesError.shardCount(shards, frozen.shards, files) }
        throw PipelinesError(
            .corpusChanged,
            "the sources are not those of the shards that ran before: expected \(frozen.documents) documents with the "
                + "digest \(frozen.corpus.prefix(12)), found \(documents) with \(corpus.prefix(12)); restore them, or "
                + "remove the shards with 'pharos shards clear' and run all of them again", context: context)
    }
}

extension PipelinesError {
    static func shardCount(_ found: Int, _ frozen: Int, _ files: ShardFiles) -> PipelinesError {
        PipelinesError(
            .usage,
            "the first shard settled on \(frozen) shards, found \(found); run with that number, or remove the shards "
                + "with 'pharos shards clear' to divide anew", context: ["path": files.root.string])
    }
}
