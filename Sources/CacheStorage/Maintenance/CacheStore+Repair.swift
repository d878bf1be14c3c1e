import FileAccess
import GRDB
public import SystemPackage

extension CacheStore {
    /// Rebuilds the catalog of the store at `root` from its objects and texts alone, and removes what is damaged.
    ///
    /// Runs, failures and pins are kept where the former catalog can still be read. What was removed is computed or
    /// read anew by the next run. Nothing else may hold the store. A repair that is killed is simply run again.
    ///
    /// - Parameter threads: how many caches are read at once.
    public static func repair(
        _ root: FilePath, createdBy: String, command: String, threads: Int = 1, key: StoreKey? = nil
    ) throws -> RepairReport {
        let paths = StorePaths(root, isSealed: key != nil)
        return try CacheStorageError.translating(root) {
            let folders = [paths.objects, paths.texts]
            let isMarked = try FileSystem.kind(of: paths.marker) == .file
            for folder in folders where try FileSystem.kind(of: folder) != .directory {
                guard isMarked else {
                    throw CacheStorageError(.noStore, "there is no store here", path: root)
                }
                try FileSystem.createDirectory(folder)
            }
            let lock = try DirectoryLock(paths.lock, command: command)
            defer { withExtendedLifetime(lock) {} }
            return try rebuild(paths, createdBy: createdBy, threads: threads, key: key)
        }
    }

    /// Does the work of a repair for someone who holds the lock.
    ///
    /// - Parameter readingData: whether every byte of the caches is checked. Without it their headers are, and files
    ///   keep the digests of a former catalog that is whole; what is damaged behind a header is then found where it
    ///   would have been before: by `verify`, and by whoever uses the cache.
    static func rebuild(
        _ paths: StorePaths, createdBy: String, threads: Int, key: StoreKey?, readingData: Bool = true
    ) throws -> RepairReport {
        let root = paths.root
        return try CacheStorageError.translating(root) {
            var report = RepairReport()
            let former = FormerCatalog(paths.catalog)
            // What a killed process left may take the room that the new catalog needs.
            for file in try paths.ownFiles()
            where AtomicFile.isPartialName(file.lastComponent?.string ?? "") {
                try FileSystem.remove(file)
            }
            try StoreMarker.write(paths.marker, createdBy: createdBy, key: key)
            let texts = try soundTexts(paths, former: former, key: key, &report)
            var caches = try soundCaches(
                paths, former: former, threads: threads, key: key, readingData: readingData, &report)
            let fresh = root.appending(AtomicFile.partialName(of: "catalog.sqlite"))
            for step in 0... {
                do {
                    try removeDatabase(fresh)
                    try build(fresh, texts: texts, caches: caches, former: former, key: key, &report)
                    break
                } catch let error as CacheStorageError where error.code == .noSpace {
                    try removeDatabase(fresh)
                    if step == 0, try removeUnnamed(&caches, by: texts, paths, key: key, &report) { continue }
                    // A catalog that nobody can use is of no more use than what was read of it.
                    guard step < 2, !former.isUsable, try FileSystem.kind(of: paths.catalog) != nil else {
                        throw error
                    }
                    try removeDatabase(paths.catalog)
                }
            }
            // The journal belongs to the former catalog and must not be played back into the new one.
            try FileSystem.remove(FilePath(paths.catalog.string + "-journal"))
            try FileSystem.rename(fresh, to: paths.catalog)
            try CatalogSum(catalog: paths.catalog).seal()
            try FileSystem.createDirectory(paths.runs)
            return report
        }
    }

    /// Every text object that can be read, one per document.
    private static func soundTexts(
        _ paths: StorePaths, former: FormerCatalog, key: StoreKey?, _ report: inout RepairReport
    ) throws -> [(digest: String, path: FilePath)] {
        var chosen: [[[UInt8]]: (digest: String, path: FilePath, written: Int)] = [:]
        for file in try FileSystem.files(under: paths.texts) {
            guard let digest = paths.textDigest(of: file) else { continue }
            do {
                let object = try TextObject(file, digest: digest, key: key)
                let key = [Array(object.record.collection.utf8), Array(object.record.id.utf8)]
                let found = (digest, file, try FileSystem.times(of: file).written)
                guard let other = chosen[key] else {
                    chosen[key] = found
                    continue
                }
                // A run was killed after it published a new version: the former catalog knows which, or the later is it.
                let isNewer =
                    former.texts.contains(digest)
                    || (!former.texts.contains(other.digest)
                        && (found.2, digest) > (other.written, other.digest))
                let superseded = isNewer ? other.path : file
                chosen[key] = isNewer ? found : other
                try remove(
                    superseded, "another version of the document \(object.record.id) takes its place", &report
                )
            } catch let error as CacheStorageError where error.code == .damaged || error.code == .format {
                try remove(file, error.message, &report)
            }
        }
        return chosen.values.map { ($0.digest, $0.path) }.sorted { $0.digest < $1.digest }
    }

    /// Every cache that passes the check.
    private static func soundCaches(
        _ paths: StorePaths, former: FormerCatalog, threads: Int, key: StoreKey?, readingData: Bool,
        _ report: inout RepairReport
    ) throws -> [StoredCache] {
        var result: [StoredCache] = []
        for file in try FileSystem.files(under: paths.objects) {
            guard let digest = paths.objectDigest(of: file) else { continue }
            do {
                let reader = try ContextCacheReader(file, sealedAs: digest, key: key)
                guard reader.identity.digest == digest else {
                    throw CacheStorageError(
                        .damaged, "the cache is that of \(reader.identity.digest)", path: file)
                }
                if readingData { try reader.verify(threads: threads) }
                let known = readingData ? nil : former.files[digest]
                result.append(
                    try describe(
                        reader, fileDigest: known?.byteCount == reader.byteCount ? known?.digest : nil,
                        isPinned: former.pins.contains(digest)))
            } catch let error as CacheStorageError where error.code == .damaged || error.code == .format {
                try remove(file, error.message, &report)
            }
        }
        return result
    }

    private static func remove(
        _ file: FilePath, _ reason: String, as kind: StoreFinding.Kind = .damaged,
        _ report: inout RepairReport
    ) throws {
        try FileSystem.remove(file)
        report.removed.append(StoreFinding(kind, file, reason))
    }

    private static func removeDatabase(_ path: FilePath) throws {
        for suffix in ["", "-journal", ".sum"] { try FileSystem.remove(FilePath(path.string + suffix)) }
    }

    /// Gives up the caches that no document names or that are not complete, on a disk that is too full for the
    /// catalog; returns whether there were any.
    private static func removeUnnamed(
        _ caches: inout [StoredCache], by texts: [(digest: String, path: FilePath)], _ paths: StorePaths,
        key: StoreKey?, _ report: inout RepairReport
    ) throws -> Bool {
        var named: Set<String> = []
        for text in texts {
            let object = try TextObject(text.path, digest: text.digest, key: key)
            named.formUnion((object.cache.map { [$0] } ?? []) + object.companions)
        }
        let unnamed = caches.filter { !$0.isPinned && !named.contains($0.identity.digest) }
        for cache in unnamed {
            try remove(
                paths.object(cache.identity.digest), "no document names it, and the disk is full",
                as: .orphan,
                &report)
        }
        caches.removeAll { unnamed.contains($0) }
        let journals = try FileSystem.files(under: paths.objects).filter {
            paths.journalDigest(of: $0) != nil
        }
        for file in journals {
            try remove(file, "the cache is not complete, and the disk is full", as: .unfinished, &report)
        }
        return !unnamed.isEmpty || !journals.isEmpty
    }

    private static func build(
        _ path: FilePath, texts: [(digest: String, path: FilePath)], caches: [StoredCache],
        former: FormerCatalog,
        key: StoreKey?, _ report: inout RepairReport
    ) throws {
        let catalog = try Catalog(path, readOnly: false, creating: true, key: key)
        // Nobody wants the file unless it is whole, so its journal need not be on the disk.
        try CacheStorageError.translating(path) {
            try catalog.database.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA journal_mode = MEMORY")
            }
        }
        let present = Set(caches.map { $0.identity.digest })
        var result = report
        try catalog.write { database in
            for cache in caches { try catalog.record(cache, database) }
            for text in texts {
                let object = try TextObject(text.path, digest: text.digest, key: key)
                let file = try ContentDigest.hex(ofFile: text.path)
                _ = try catalog.publish(object, fileDigest: file, database)
                let needed = (object.cache.map { [$0] } ?? []) + object.companions
                if !needed.allSatisfy({ present.contains($0) }) {
                    result.withoutCache.append("\(object.record.collection)/\(object.record.id)")
                }
            }
            for run in former.runs { try catalog.record(run, database) }
            for failure in former.failures { try catalog.record(failure, database) }
        }
        try catalog.database.close()
        result.documents = texts.count
        result.caches = caches.count
        result.runs = former.runs.count
        result.withoutCache.sort()
        report = result
    }
}

/// What can still be read of a catalog that is about to be replaced.
private struct FormerCatalog {
    /// Whether SQLite finds nothing wrong with it, so that a prune could work on it.
    var isUsable = false
    var texts: Set<String> = []
    var pins: Set<String> = []
    var runs: [RunRecord] = []
    var failures: [FailureRecord] = []
    /// Sizes and digests of the caches' files by identity; none where the catalog is not whole.
    var files: [String: (byteCount: Int, digest: String)] = [:]

    /// Reads as much as possible; what cannot be read is left out, since the catalog is only an index.
    init(_ path: FilePath) {
        func attempt<Value>(_ fallback: Value, _ body: () throws -> Value) -> Value {
            do { return try body() } catch { return fallback }
        }
        let isWhole = attempt(false) { try CatalogSum(catalog: path).verify() }
        guard let catalog = attempt(nil, { try Catalog(path, readOnly: false, anyVersion: true) as Catalog? })
        else { return }
        isUsable = attempt(false) {
            try catalog.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") } == ["ok"]
        }
        if isWhole {
            files = attempt([:]) {
                try catalog.read { database in
                    let rows = try Row.fetchAll(
                        database, sql: "SELECT identity, bytes, file_digest FROM caches")
                    return try Dictionary(
                        rows.map { row in
                            guard let name = Catalog.text(row, "identity"),
                                let bytes = Catalog.integer(row, "bytes"),
                                let digest = Catalog.text(row, "file_digest"), ContentDigest.isHex(digest)
                            else { throw Catalog.damagedRow("a cache") }
                            return (name, (bytes, digest))
                        }, uniquingKeysWith: { $1 })
                }
            }
        }
        texts = attempt([]) {
            try catalog.read { try Set(String.fetchAll($0, sql: "SELECT text_object FROM documents")) }
        }
        pins = attempt([]) {
            try catalog.read {
                try Set(String.fetchAll($0, sql: "SELECT identity FROM caches WHERE pinned = 1"))
            }
        }
        runs = attempt([]) { try catalog.read { try catalog.runs($0) } }
        for run in runs {
            failures += attempt([]) { try catalog.read { try catalog.failures(ofRun: run.id, $0) } }
        }
        attempt(()) { try catalog.database.close() }
    }
}
