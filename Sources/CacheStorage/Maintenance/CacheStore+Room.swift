import FileAccess
import SystemPackage

extension CacheStore {
    /// Throws ``CacheStorageError/Code/noSpace`` where `byteCount` more bytes would break the budget.
    ///
    /// Called with zero when the store is opened. Bytes that
    /// ``withRoom(for:within:caches:perform:)`` holds count as used.
    public func requireRoom(for byteCount: Int, within budget: StoreBudget) throws {
        try requireRoom(for: byteCount, within: budget, held: room.now)
    }

    private func requireRoom(for byteCount: Int, within budget: StoreBudget, held: HeldRoom) throws {
        let state = try roomState(budget, held)
        if let limit = budget.maximumByteCount, state.used > limit || byteCount > limit - state.used {
            throw CacheStorageError(
                .noSpace,
                "the caches take \(state.used) bytes"
                    + (byteCount > 0 ? " and up to \(byteCount) more are needed to write the next" : "")
                    + ", but the budget is \(limit); prune the store or raise the budget", path: paths.objects
            )
        }
        if let floor = budget.freeSpaceFloor, state.free < floor || byteCount > state.free - floor {
            throw CacheStorageError(
                .noSpace,
                "\(state.free) bytes are free"
                    + (byteCount > 0 ? " and up to \(byteCount) are needed to write the next cache" : "")
                    + ", but \(floor) are to stay free; make room on the disk or lower the floor",
                path: paths.root)
        }
    }

    /// Calls `body`, which writes and publishes `caches` of at most `byteCount` bytes, with room for them held against
    /// other writers.
    ///
    /// Where there is none, caches that no document names give way, least recently used first.
    ///
    /// - Throws: ``CacheStorageError/Code/noSpace``, before `body` is called, where that does not suffice.
    public func withRoom<Result>(
        for byteCount: Int, within budget: StoreBudget, caches: [String], perform body: () throws -> Result
    ) throws -> Result {
        guard budget.isLimited else { return try body() }
        try hold(byteCount, within: budget, caches)
        defer {
            room.change { held in
                held.byteCount -= byteCount
                for cache in caches {
                    let count = held.caches[cache] ?? 1
                    held.caches[cache] = count > 1 ? count - 1 : nil
                }
            }
        }
        return try body()
    }

    /// Holds room as soon as other writers leave enough of it.
    private func hold(_ byteCount: Int, within budget: StoreBudget, _ caches: [String]) throws {
        try room.waiting { held in
            do {
                try makeRoom(for: byteCount, within: budget, held: held, besides: caches)
            } catch let error as CacheStorageError where error.code == .noSpace && held.byteCount > 0 {
                return false
            }
            held.byteCount += byteCount
            for cache in caches { held.caches[cache, default: 0] += 1 }
            return true
        }
    }

    /// Removes caches that no document names, least recently used first, until `byteCount` more bytes fit.
    ///
    /// Pinned caches stay, and those that are being written.
    ///
    /// - Returns: the bytes freed.
    /// - Throws: ``CacheStorageError/Code/noSpace`` where they do not fit all the same.
    @discardableResult
    public func makeRoom(for byteCount: Int, within budget: StoreBudget) throws -> Int {
        try makeRoom(for: byteCount, within: budget, held: room.now)
    }

    /// - Parameter own: caches that the room is for, which stay if they are there already.
    @discardableResult
    private func makeRoom(
        for byteCount: Int, within budget: StoreBudget, held: HeldRoom, besides own: [String] = []
    ) throws -> Int {
        try requireWriting()
        let state = try roomState(budget, held)
        var shortage = 0
        if let limit = budget.maximumByteCount { shortage = max(shortage, state.used + byteCount - limit) }
        if let floor = budget.freeSpaceFloor { shortage = max(shortage, byteCount + floor - state.free) }
        var freed = 0
        if shortage > 0 {
            let unneeded = try prunePlan(PrunePolicy(orphans: true, superseded: true)).removals
                .filter { held.caches[$0.digest] == nil && !own.contains($0.digest) }
                .sorted { ($0.lastUse, $0.digest) < ($1.lastUse, $1.digest) }
            var plan = PrunePlan()
            for removal in unneeded where plan.freedBytes < shortage { plan.removals.append(removal) }
            freed = try prune(plan)
        }
        try requireRoom(for: byteCount, within: budget, held: held)
        return freed
    }

    private func roomState(_ budget: StoreBudget, _ held: HeldRoom) throws -> (used: Int, free: Int) {
        let used = budget.maximumByteCount == nil ? 0 : try objectByteCount()
        let free =
            budget.freeSpaceFloor == nil
            ? 0
            : try CacheStorageError.translating(paths.root) { try FileSystem.freeSpace(at: paths.root) }
        return (used + held.byteCount, free - held.byteCount)
    }
}
