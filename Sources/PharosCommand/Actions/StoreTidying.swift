import CacheStorage
import Foundation

/// What a complete run clears away: caches that nobody names any more and are past their time, and the windows of
/// caches that will never be finished.
struct StoreTidying {
    private let store: CacheStore
    private let request: RunRequest

    init(_ store: CacheStore, _ request: RunRequest) {
        self.store = store
        self.request = request
    }

    func perform() throws {
        if let keep = request.keepSeconds {
            let limit = Int(Date().timeIntervalSince1970) - keep
            var plan = try store.prunePlan(PrunePolicy(orphans: true, superseded: true))
            plan.removals.removeAll { $0.lastUse > limit }
            try store.prune(plan)
        }
        // Another collection's last run may have been stopped and wants its finished windows.
        if try !othersAreUnfinished() { try store.removeJournals() }
    }

    private func othersAreUnfinished() throws -> Bool {
        var latest: [String: String] = [:]
        for run in try store.runs() where run.collection != request.collection {
            latest[run.collection] = latest[run.collection] ?? run.status
        }
        return latest.values.contains { !$0.hasPrefix("done") }
    }
}
