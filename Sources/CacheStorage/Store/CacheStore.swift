public import FileAccess
import GRDB
import Synchronization
public import SystemPackage

/// A directory of context caches, the texts they were made from, and a catalog of both.
///
/// Any number of processes may read; one at a time may write, holding the lock while the store is open. Objects and
/// texts are written once and never changed; the catalog is an index that ``repair()`` rebuilds from them. A document
/// is published in one transaction, after its objects are durable.
public final class CacheStore: Sendable {
    /// What the store is opened for.
    public enum Access: Sendable, Hashable {
        case reading
        /// Takes the lock, naming the command to whoever finds it taken.
        case writing(command: String)
    }

    public let paths: StorePaths
    let catalog: Catalog
    let key: StoreKey?
    /// The passages of an encrypted store, indexed in memory by the first search, and the state of the catalog that
    /// they are from.
    let searchIndex = Mutex<(catalog: Catalog, version: Int)?>(nil)
    /// Who left the store locked without releasing it, if someone did.
    public let abandonedBy: DirectoryLock.Holder?
    /// What became of a catalog of another version, which was rebuilt when the store was opened for writing.
    public let rebuilt: RepairReport?
    private let lock: DirectoryLock?
    /// Bytes under `objects`, once they have been counted.
    let usageCount = Mutex<Int?>(nil)
    /// What caches in work hold of the budget.
    let room = RoomLedger()
    /// Whether the catalog's digest has been checked, or need not be.
    let isSumChecked = Mutex(false)

    /// Opens the store at `root`.
    ///
    /// Opened for writing, it is swept of what a killed process left: partial files, and texts that no document names.
    ///
    /// - Parameter key: the key of an encrypted store.
    public init(_ root: FilePath, access: Access = .reading, key: StoreKey? = nil) throws {
        paths = StorePaths(root, isSealed: key != nil)
        self.key = key
        try StoreMarker.check(paths.marker, key: key)
        (lock, abandonedBy) = try Self.takeLock(paths, access)
        rebuilt =
            try lock != nil && Catalog.isOfOtherVersion(paths.catalog)
            ? Self.rebuild(paths, createdBy: "a later version", threads: 2, key: key, readingData: false)
            : nil
        catalog = try Catalog(paths.catalog, readOnly: access == .reading, key: key)
        if lock != nil { try sweep() }
    }

    /// Seals the catalog where it was written. A failure leaves the digest of an earlier state, which holds for nothing
    /// and so does no harm.
    deinit {
        guard lock != nil else { return }
        do {
            try catalog.database.close()
            let sum = CatalogSum(catalog: paths.catalog)
            if try !sum.verify() { try sum.seal() }
        } catch {
            return
        }
    }

    /// Creates a store at `root`, or opens for writing the one that is there.
    ///
    /// - Parameters:
    ///   - createdBy: the version of the program, noted in the store.
    ///   - key: makes the store an encrypted one.
    public static func create(
        _ root: FilePath, createdBy: String, command: String, key: StoreKey? = nil
    ) throws -> CacheStore {
        let paths = StorePaths(root, isSealed: key != nil)
        if try FileSystem.kind(of: paths.marker) == nil {
            try CacheStorageError.translating(root) {
                try FileSystem.createDirectory(root)
                let known: Set = [
                    "catalog.sqlite", "catalog.sqlite-journal", "catalog.sqlite.sum", "objects", "texts",
                    "runs", "lock", "shards", "uploads",
                ]
                let strange = try FileSystem.list(root).filter {
                    !known.contains($0) && !AtomicFile.isPartialName($0)
                }
                guard strange.isEmpty else {
                    throw CacheStorageError(
                        .format, "the directory is no store and holds other files, such as \(strange[0])",
                        path: root)
                }
                let lock = try DirectoryLock(paths.lock, command: command)
                for directory in [paths.objects, paths.texts, paths.runs] {
                    try FileSystem.createDirectory(directory)
                }
                _ = try Catalog(paths.catalog, readOnly: false, creating: true, key: key)
                try StoreMarker.write(paths.marker, createdBy: createdBy, key: key)
                withExtendedLifetime(lock) {}
            }
        }
        return try CacheStore(root, access: .writing(command: command), key: key)
    }

    static func takeLock(_ paths: StorePaths, _ access: Access) throws -> (
        DirectoryLock?, DirectoryLock.Holder?
    ) {
        guard case .writing(let command) = access else { return (nil, nil) }
        return try CacheStorageError.translating(paths.lock) {
            let lock = try DirectoryLock(paths.lock, command: command)
            return (lock, lock.abandonedBy)
        }
    }

    /// Throws unless the store was opened for writing.
    func requireWriting() throws {
        guard lock != nil else {
            throw CacheStorageError(.notPermitted, "the store was opened for reading", path: paths.root)
        }
    }

    /// Who holds the store for writing now.
    public static func holder(of root: FilePath) throws -> DirectoryLock.Holder? {
        try CacheStorageError.translating(root) { try DirectoryLock.currentHolder(of: StorePaths(root).lock) }
    }

    /// Texts that no document names; none where the catalog cannot be trusted to name them all, because a document's
    /// text is what it would be rebuilt from.
    private func unnamedTexts() throws -> [FilePath] {
        func texts(besides named: Set<String>, _ files: [FilePath]) -> [FilePath] {
            files.filter { file in paths.textDigest(of: file).map { !named.contains($0) } ?? false }
        }
        let named = try catalog.read {
            try Set(String.fetchAll($0, sql: "SELECT text_object FROM documents"))
        }
        let suspects = texts(besides: named, try FileSystem.files(under: paths.texts))
        guard !suspects.isEmpty else { return [] }
        // Row by row, each against its digest.
        var checked: Set<String> = []
        do {
            try forEachDocument { checked.insert($0.textObject) }
        } catch let error as CacheStorageError where error.code == .catalog {
            return []
        }
        return texts(besides: checked, suspects)
    }

    /// Removes what a killed process left behind.
    private func sweep() throws {
        try CacheStorageError.translating(paths.root) {
            for text in try unnamedTexts() { try FileSystem.remove(text) }
            let files = try paths.ownFiles()
            for file in files where AtomicFile.isPartialName(file.lastComponent?.string ?? "") {
                try FileSystem.remove(file)
            }
            // The journal of a cache that was finished before its process ended.
            for file in files {
                guard let digest = paths.journalDigest(of: file)
                else {
                    continue
                }
                if try FileSystem.kind(of: paths.object(digest)) != nil { try FileSystem.remove(file) }
            }
        }
    }
}
