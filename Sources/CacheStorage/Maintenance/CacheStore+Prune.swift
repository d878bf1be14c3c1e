import FileAccess
import GRDB
import SystemPackage

extension CacheStore {
    /// One file under `objects`.
    private struct Candidate {
        let digest: String
        let path: FilePath
        let byteCount: Int
        let lastUse: Int
        let written: Int
        let isKnown: Bool
        let isPinned: Bool
        let isJournal: Bool
        let documents: [String]
    }

    /// What a policy would remove, without removing it.
    ///
    /// Rules over single caches come first. Where count or bytes are still too many, caches that no document names go
    /// next, then those least recently used, until they suffice.
    public func prunePlan(_ policy: PrunePolicy) throws -> PrunePlan {
        var plan = PrunePlan()
        var kept: [Candidate] = []
        for candidate in try candidates() {
            guard let reason = Self.reason(candidate, policy) else {
                kept.append(candidate)
                continue
            }
            if candidate.isPinned {
                plan.pinned.append(candidate.digest)
                kept.append(candidate)
            } else {
                plan.removals.append(Self.removal(candidate, reason))
            }
        }
        var count = kept.count { !$0.isJournal }
        var bytes = kept.reduce(0) { $0 + $1.byteCount }
        kept.sort {
            ($0.documents.isEmpty ? 0 : 1, $0.lastUse, $0.digest) < (
                $1.documents.isEmpty ? 0 : 1, $1.lastUse, $1.digest
            )
        }
        for candidate in kept {
            let tooMany = policy.maximumCount.map { count > $0 } ?? false
            let tooLarge = policy.maximumByteCount.map { bytes > $0 } ?? false
            guard tooMany || tooLarge else { break }
            guard !candidate.isPinned, tooLarge || !candidate.isJournal else {
                if candidate.isPinned, !plan.pinned.contains(candidate.digest) {
                    plan.pinned.append(candidate.digest)
                }
                continue
            }
            plan.removals.append(Self.removal(candidate, tooLarge ? .bytes : .count))
            bytes -= candidate.byteCount
            count -= candidate.isJournal ? 0 : 1
        }
        plan.keptCaches = count
        plan.keptBytes = bytes
        plan.pinned.sort()
        return plan
    }

    /// Carries a plan out; returns the bytes freed.
    ///
    /// Catalog rows go first, in one transaction: a prune that is killed leaves orphans. Only where the disk
    /// is too full for the transaction do the files go first; a prune that is killed then leaves rows without
    /// a file, which the next one removes.
    @discardableResult
    public func prune(_ plan: PrunePlan) throws -> Int {
        try requireWriting()
        let present = try Set(list(paths.objects).compactMap { paths.objectDigest(of: $0) })
        let stale = try caches().map(\.identity.digest).filter { !present.contains($0) }
        let doomed = plan.removals.filter { $0.reason != .unfinished }.map(\.digest) + stale
        let removeFiles = { try self.removeFiles(plan.removals.map(\.path)) }
        try makingRoom(by: removeFiles) { database in
            for digest in doomed {
                try database.execute(sql: "DELETE FROM caches WHERE identity = ?", arguments: [digest])
                try database.execute(sql: "DELETE FROM owners WHERE identity = ?", arguments: [digest])
            }
        }
        try removeFiles()
        forgetUsage()
        return plan.freedBytes
    }

    /// Runs `body` as one transaction, and once more after `free` where the disk had no room for it.
    func makingRoom<Result>(
        by free: () throws -> Void, writing body: (Database) throws -> Result
    ) throws -> Result {
        do {
            return try catalog.write(body)
        } catch let error as CacheStorageError where error.code == .noSpace {
            try free()
            return try catalog.write(body)
        }
    }

    /// Removes files, which need not be there.
    func removeFiles(_ files: [FilePath]) throws {
        try CacheStorageError.translating(paths.root) {
            for file in files { try FileSystem.remove(file) }
        }
    }

    /// Keeps a cache from being pruned, or no longer.
    public func setPinned(_ isPinned: Bool, cache digest: String) throws {
        try requireWriting()
        guard try catalog.write({ try catalog.setPinned(isPinned, cache: digest, $0) }) else {
            throw CacheStorageError(
                .unknown, "the catalog knows no cache \(digest); 'pharos show DOCUMENT' names a document's",
                path: paths.catalog)
        }
    }

    /// Notes that caches were used at `time`, in seconds since 1970. A store that may only be read is left as it is.
    public func noteUse(of digests: [String], at time: Int) throws {
        for digest in digests {
            do {
                try FileSystem.setUsed(paths.object(digest), at: time)
            } catch let error as FileAccessError where error.code == .notPermitted || error.code == .missing {
                continue
            }
        }
    }

    private static func reason(_ candidate: Candidate, _ policy: PrunePolicy) -> PrunePlan.Removal.Reason? {
        if candidate.isJournal { return policy.journals ? .unfinished : nil }
        if policy.orphans, !candidate.isKnown { return .orphan }
        if policy.superseded, candidate.isKnown, candidate.documents.isEmpty { return .superseded }
        if let time = policy.writtenBefore, candidate.written < time { return .age }
        if let time = policy.unusedSince, candidate.lastUse < time { return .unused }
        return nil
    }

    private static func removal(_ candidate: Candidate, _ reason: PrunePlan.Removal.Reason)
        -> PrunePlan.Removal
    {
        PrunePlan.Removal(
            digest: candidate.digest, path: candidate.path, byteCount: candidate.byteCount,
            reason: candidate.isJournal ? .unfinished : reason, lastUse: candidate.lastUse,
            documents: candidate.documents)
    }

    private func candidates() throws -> [Candidate] {
        var known: [String: StoredCache] = [:]
        for cache in try caches() { known[cache.identity.digest] = cache }
        var documents: [String: [String]] = [:]
        try forEachDocument { document in
            for cache in document.caches {
                documents[cache, default: []].append("\(document.collection)/\(document.id)")
            }
        }
        return try CacheStorageError.translating(paths.objects) {
            try list(paths.objects).compactMap { file in
                let journal = paths.journalDigest(of: file)
                guard let digest = journal ?? paths.objectDigest(of: file)
                else {
                    return nil
                }
                let times = try FileSystem.times(of: file)
                return Candidate(
                    digest: digest, path: file, byteCount: try FileSystem.byteCount(of: file),
                    lastUse: max(times.used, times.written), written: times.written,
                    isKnown: known[digest] != nil,
                    isPinned: known[digest]?.isPinned ?? false, isJournal: journal != nil,
                    documents: journal == nil ? documents[digest] ?? [] : [])
            }
        }
    }
}
