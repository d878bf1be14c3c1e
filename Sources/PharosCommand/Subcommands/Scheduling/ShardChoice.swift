import Foundation
import Pipelines
import SystemPackage

/// Which share of a pipeline's documents a run has: `--shard K/N` or `--shard auto`.
enum ShardChoice {
    /// Reads the flag; `auto` asks the environment.
    static func assignment(_ flag: String) throws -> ShardAssignment {
        guard flag == "auto" else { return try ShardAssignment(flag) }
        return try ShardEnvironment.assignment(ProcessInfo.processInfo.environment)
    }

    /// Limits a run to its share, in a store of its own below the pipeline's: `shards/00000-of-00004`.
    ///
    /// Questions are left to a run over the joined store, since a share cannot answer for the whole.
    static func apply(_ assignment: ShardAssignment, to action: inout RunAction) {
        let shard = ShardRun(assignment, of: action.request.store)
        action.request.store = shard.directory
        action.request.questions = nil
        action.options.shard = assignment
        action.shard = shard
    }
}
