import FileAccess
import GRDB
import Synchronization
import SystemPackage

extension CacheStore {
    /// What the caches take, by collection, model, ratios and encoding, in that order.
    ///
    /// A cache that documents of several collections name counts for the first of them.
    public func usage() throws -> [DiskUsage] {
        var collections: [String: String] = [:]
        try forEachDocument { document in
            for cache in document.caches where collections[cache] == nil {
                collections[cache] = document.collection
            }
        }
        var groups: [[String]: DiskUsage] = [:]
        for cache in try caches() {
            let identity = cache.identity
            let collection = collections[identity.digest]
            let model = identity["model.weights"] ?? ""
            let ratios = identity["ratios"] ?? ""
            let encoding = "\(identity["encoding.keys"] ?? "")/\(identity["encoding.values"] ?? "")"
            let key = [collection == nil ? "1" : "0", collection ?? "", model, ratios, encoding]
            var group =
                groups[key]
                ?? DiskUsage(collection: collection, model: model, ratios: ratios, encoding: encoding)
            group.caches += 1
            group.bytes += cache.byteCount
            group.payloadBytes += cache.payloadByteCount
            group.beacons += cache.beacons
            groups[key] = group
        }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { $0.value }
    }

    /// Bytes of all files under `objects`, orphans and journals counted.
    public func objectByteCount() throws -> Int {
        if let known = usageCount.withLock({ $0 }) { return known }
        let count = try CacheStorageError.translating(paths.objects) {
            try list(paths.objects).reduce(0) { try $0 + FileSystem.byteCount(of: $1) }
        }
        usageCount.withLock { $0 = count }
        return count
    }

    /// Throws ``CacheStorageError/Code/noSpace`` where `byteCount` more bytes would break the budget.
    ///
    /// Called with zero when the store is opened and with an estimate before each cache is computed.
    public func requireRoom(for byteCount: Int, within budget: StoreBudget) throws {
        if let limit = budget.maximumByteCount {
            let used = try objectByteCount()
            guard used <= limit, byteCount <= limit - used else {
                throw CacheStorageError(
                    .noSpace,
                    "the caches take \(used) bytes and \(byteCount) more are needed, but the budget is \(limit); prune "
                        + "the store or raise the budget", path: paths.objects)
            }
        }
        if let floor = budget.freeSpaceFloor {
            let free = try CacheStorageError.translating(paths.root) {
                try FileSystem.freeSpace(at: paths.root)
            }
            guard free >= floor, byteCount <= free - floor else {
                throw CacheStorageError(
                    .noSpace,
                    "\(free) bytes are free and \(byteCount) are needed, but \(floor) are to stay free; make room on the "
                        + "disk or lower the floor", path: paths.root)
            }
        }
    }

    /// Notes that a cache of `byteCount` bytes was added.
    func addUsage(_ byteCount: Int) { usageCount.withLock { if let known = $0 { $0 = known + byteCount } } }

    /// Has the files counted anew when they are next asked for.
    func forgetUsage() { usageCount.withLock { $0 = nil } }
}
