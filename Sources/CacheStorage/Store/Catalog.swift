import FileAccess
import GRDB
import SystemPackage

/// The index of a store: an SQLite database from which nothing is lost that objects and texts do not hold, runs apart.
///
/// It keeps to a rollback journal with full synchronisation: the write-ahead log of the SQLite versions in use can
/// lose pages when it is reset. Every row of documents and caches carries a digest of itself that is checked when it
/// is read, because SQLite does not notice damage inside a page.
struct Catalog: Sendable {
    /// The version of the schema and of what the rows' digests are taken of.
    ///
    /// It rises whenever either changes: `CatalogLayoutTests` holds a digest of both. A store with a catalog of another
    /// version is rebuilt from objects and texts when it is next opened for writing.
    static let version = 3
    /// "PHRS", in the database's header.
    static let applicationID = 0x5048_5253
    /// Rows that are read at a time where many are, so that nobody else waits long.
    static let pageRowCount = 1024

    let path: FilePath
    let database: DatabaseQueue
    /// Seals what rows say of documents; the text of passages is then not in the file at all.
    let key: StoreKey?

    /// Opens the catalog at `path`, or makes a new one there.
    ///
    /// An empty file is a damaged catalog, not a new one, unless `creating` says so.
    ///
    /// - Parameter anyVersion: opens a catalog of another version too, of which only a part may be readable.
    init(
        _ path: FilePath, readOnly: Bool, creating: Bool = false, anyVersion: Bool = false,
        key: StoreKey? = nil
    ) throws {
        self.path = path
        self.key = key
        var configuration = Configuration()
        configuration.readonly = readOnly
        // A writer that gives up loses a run; it waits for readers, who do not take long.
        configuration.busyMode = .timeout(readOnly ? 60 : 600)
        configuration.label = "pharos catalog"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
            if !readOnly {
                try database.execute(
                    sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
            }
        }
        if creating {
            if try FileSystem.kind(of: path) == nil { try AtomicFile.replace(path, with: []) }
        } else if try FileSystem.kind(of: path) != .file {
            throw CacheStorageError(
                .catalog, "the store's catalog is missing; run 'pharos repair' to rebuild it", path: path)
        }
        database = try CacheStorageError.translating(path) {
            try Self.recovering(path) { try DatabaseQueue(path: path.string, configuration: configuration) }
        }
        try read { database in
            let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard
                application == Self.applicationID && (version == Self.version || anyVersion)
                    || (application == 0 && version == 0 && creating)
            else {
                throw CacheStorageError(
                    .catalog,
                    "the catalog has version \(version) of kind \(application); this program reads \(Self.version); "
                        + "run 'pharos repair' to rebuild it; a run does so by itself", path: path)
            }
        }
        if creating { try write { try Self.createSchema($0) } }
    }

    /// Opens a database by `open`, undoing the transaction of a killed writer first where only a writer may do that.
    private static func recovering(_ path: FilePath, _ open: () throws -> DatabaseQueue) throws
        -> DatabaseQueue
    {
        let touch = { (database: DatabaseQueue) in
            _ = try database.read { try Int.fetchOne($0, sql: "PRAGMA schema_version") }
        }
        do {
            let database = try open()
            try touch(database)
            return database
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
            let writer = try DatabaseQueue(path: path.string)
            try touch(writer)
            try writer.close()
            return try open()
        }
    }

    /// Whether the file at `path` is a catalog of another version than this program writes.
    static func isOfOtherVersion(_ path: FilePath) throws -> Bool {
        guard try CacheStorageError.translating(path, { try FileSystem.kind(of: path) }) == .file else {
            return false
        }
        let catalog: Catalog
        do {
            catalog = try Catalog(path, readOnly: true, anyVersion: true)
        } catch is CacheStorageError {
            // Missing, damaged or no catalog at all: opening it says which.
            return false
        }
        let version = try catalog.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        try CacheStorageError.translating(path) { try catalog.database.close() }
        return version != Self.version
    }

    /// A catalog in memory, for the searches of an encrypted store.
    init() throws {
        path = ":memory:"
        key = nil
        database = try CacheStorageError.translating { try DatabaseQueue() }
        try write { try Self.createSchema($0) }
    }

    /// Runs `body` on one consistent state.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try CacheStorageError.translating(path) { try database.read(body) }
    }

    /// Runs `body`, which makes a single statement: that sees one state by itself, and a transaction would cost more.
    func lookup<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try CacheStorageError.translating(path) { try database.unsafeRead(body) }
    }

    /// Runs `body` as one transaction.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try CacheStorageError.translating(path) { try database.write(body) }
    }

    private static func createSchema(_ database: Database) throws {
        guard try Int.fetchOne(database, sql: "PRAGMA user_version") == 0 else { return }
        try database.execute(
            sql: """
                CREATE TABLE documents (
                    number INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, title TEXT,
                    metadata TEXT NOT NULL, source TEXT NOT NULL, text_object TEXT NOT NULL, text_file TEXT NOT NULL,
                    text_digest TEXT NOT NULL, text_bytes INTEGER NOT NULL, cache TEXT, companions TEXT NOT NULL,
                    digest TEXT NOT NULL,
                    UNIQUE (collection, id)
                ) STRICT;
                CREATE INDEX documents_text ON documents (text_digest);
                CREATE INDEX documents_object ON documents (text_object);
                CREATE INDEX documents_cache ON documents (cache);
                CREATE TABLE caches (
                    identity TEXT PRIMARY KEY, settings TEXT NOT NULL, text_digest TEXT NOT NULL, fields TEXT NOT NULL,
                    bytes INTEGER NOT NULL, file_digest TEXT NOT NULL, payload_bytes INTEGER NOT NULL,
                    tokens INTEGER NOT NULL, windows INTEGER NOT NULL, beacons INTEGER NOT NULL,
                    segments INTEGER NOT NULL, pinned INTEGER NOT NULL, digest TEXT NOT NULL
                ) STRICT;
                CREATE INDEX caches_text ON caches (text_digest);
                CREATE TABLE owners (
                    identity TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL,
                    PRIMARY KEY (identity, collection, id)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX owners_document ON owners (collection, id);
                CREATE TABLE passages (
                    number INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents (number),
                    segment INTEGER NOT NULL, first_window INTEGER NOT NULL, end_window INTEGER NOT NULL,
                    first_byte INTEGER NOT NULL, end_byte INTEGER NOT NULL, digest TEXT NOT NULL
                ) STRICT;
                CREATE INDEX passages_document ON passages (document);
                CREATE VIRTUAL TABLE passage_texts USING fts5 (title, text, tokenize = 'porter unicode61 remove_diacritics 2');
                CREATE TABLE runs (
                    id TEXT PRIMARY KEY, collection TEXT NOT NULL, command TEXT NOT NULL, version TEXT NOT NULL,
                    definition TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER, status TEXT NOT NULL,
                    counts TEXT NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE failures (
                    number INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES runs (id), collection TEXT NOT NULL,
                    document TEXT, code TEXT NOT NULL, message TEXT NOT NULL, file TEXT, line INTEGER, "column" INTEGER,
                    path TEXT
                ) STRICT;
                CREATE INDEX failures_run ON failures (run);
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(version);
                """)
    }
}
