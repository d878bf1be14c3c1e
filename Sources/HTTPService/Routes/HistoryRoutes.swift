import CacheStorage
import Hummingbird

/// Caches, and the runs that made them.
struct HistoryRoutes: Sendable {
    let reading: StoreReading

    private struct Runs: Encodable { var runs: [RunReply] }

    var routes: [Route] {
        [
            .get("v1/caches") { request, _ in
                let limit = try request.query("limit", in: LibraryRoutes.pageLength, default: 100)
                let after = try request.query("after")
                return try await reading.json { try CachesReply($0, after: after, limit: limit) }
            },
            .get("v1/caches/{cache}") { _, context in
                let digest = try context.part("cache")
                return try await reading.json { try CacheReply($0, digest: digest) }
            },
            .get("v1/runs") { request, _ in
                let limit = try request.query("limit", in: LibraryRoutes.pageLength, default: 100)
                return try await reading.json { store in
                    let isHeld = try CacheStore.holder(of: store.paths.root) != nil
                    return Runs(runs: try store.runs().prefix(limit).map { RunReply($0, isHeld: isHeld) })
                }
            },
            .get("v1/runs/{run}") { _, context in
                let id = try context.part("run")
                return try await reading.json { try RunReply(id, $0) }
            },
        ]
    }
}
