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

    /// Notes that a cache of `byteCount` bytes was added.
    func addUsage(_ byteCount: Int) { usageCount.withLock { if let known = $0 { $0 = known + byteCount } } }

    /// Has the files counted anew when they are next asked for.
    func forgetUsage() { usageCount.withLock { $0 = nil } }
}
