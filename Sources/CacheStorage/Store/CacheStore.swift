public import FileAccess
import GRDB
import Safetensors
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

    static let kind = "pharos store"
    static let version = 1

    public let paths: StorePaths
    let catalog: Catalog
    /// Who left the store locked without releasing it, if someone did.
    public let abandonedBy: DirectoryLock.Holder?
    private let lock: DirectoryLock?

    /// Opens the store at `root`.
    ///
    /// Opened for writing, it is swept of what a killed process left: partial files, and texts that no document names.
    public init(_ root: FilePath, access: Access = .reading) throws {
        paths = StorePaths(root)
        try Self.checkMarker(paths)
        (lock, abandonedBy) = try Self.takeLock(paths, access)
        catalog = try Self.openCatalog(paths, readOnly: access == .reading)
        if lock != nil { try sweep() }
    }

    init(paths: StorePaths, catalog: Catalog, lock: DirectoryLock) {
        self.paths = paths
        self.catalog = catalog
        self.lock = lock
        abandonedBy = lock.abandonedBy
    }

    /// Creates a store at `root`, or opens for writing the one that is there.
    ///
    /// - Parameter createdBy: the version of the program, noted in the store.
    public static func create(_ root: FilePath, createdBy: String, command: String) throws -> CacheStore {
        let paths = StorePaths(root)
        if try FileSystem.kind(of: paths.marker) == nil {
            try CacheStorageError.translating(root) {
                try FileSystem.createDirectory(root)
                let known: Set = [
                    "catalog.sqlite", "catalog.sqlite-journal", "objects", "texts", "runs", "lock",
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
                _ = try Catalog(paths.catalog, readOnly: false)
                let marker =
                    "{\"format\":\(HeaderJSON.quoted(kind)),\"version\":\(version),\"created_by\":\(HeaderJSON.quoted(createdBy))}\n"
                try AtomicFile.replace(paths.marker, with: Array(marker.utf8))
                _ = lock
            }
        }
        return try CacheStore(root, access: .writing(command: command))
    }

    static func checkMarker(_ paths: StorePaths) throws {
        try CacheStorageError.translating(paths.root) {
            guard try FileSystem.kind(of: paths.marker) == .file else {
                throw CacheStorageError(.missing, "there is no store here", path: paths.root)
            }
            let bytes = try FileSystem.read(paths.marker, limit: 1 << 16)
            let json: HeaderJSON
            do {
                json = try HeaderJSON(parsing: bytes)
            } catch let error as HeaderJSON.SyntaxError {
                throw CacheStorageError(
                    .format, "the file cannot be read: \(error.message) at byte \(error.offset)",
                    path: paths.marker)
            }
            guard json["format"] == .string(kind) else {
                throw CacheStorageError(
                    .format, "the file does not say that this is a store", path: paths.marker)
            }
            guard json["version"] == .integer(version) else {
                throw CacheStorageError(
                    .format, "the store has a version that this program does not read; it reads \(version)",
                    path: paths.marker)
            }
        }
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

    private static func openCatalog(_ paths: StorePaths, readOnly: Bool) throws -> Catalog {
        // A store has a catalog from the start: one that is missing now is to be rebuilt, not to be taken for empty.
        guard try FileSystem.kind(of: paths.catalog) != nil else {
            throw CacheStorageError(
                .catalog, "the store's catalog is missing; run 'pharos repair' to rebuild it",
                path: paths.catalog)
        }
        return try Catalog(paths.catalog, readOnly: readOnly)
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

    /// Removes what a killed process left behind.
    private func sweep() throws {
        try CacheStorageError.translating(paths.root) {
            let named = try catalog.read {
                try Set(String.fetchAll($0, sql: "SELECT text_object FROM documents"))
            }
            for file in try FileSystem.files(under: paths.texts) {
                guard let digest = StorePaths.digest(of: file, suffix: StorePaths.textSuffix) else {
                    continue
                }
                if !named.contains(digest) { try FileSystem.remove(file) }
            }
            for file in try FileSystem.files(under: paths.root)
            where AtomicFile.isPartialName(file.lastComponent?.string ?? "") {
                try FileSystem.remove(file)
            }
        }
    }
}
