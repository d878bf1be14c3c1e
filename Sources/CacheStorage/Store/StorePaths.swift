import FileAccess
public import SystemPackage

/// Where everything lies in a store.
public struct StorePaths: Sendable, Hashable {
    /// The store's directory.
    public let root: FilePath
    /// Whether objects and texts are encrypted, which their names show.
    public let isSealed: Bool

    public init(_ root: FilePath, isSealed: Bool = false) {
        self.root = root
        self.isSealed = isSealed
    }

    /// Says what the directory is, and in which version.
    public var marker: FilePath { root.appending("pharos.json") }
    public var catalog: FilePath { root.appending("catalog.sqlite") }
    public var lock: FilePath { root.appending("lock") }
    /// Context caches.
    public var objects: FilePath { root.appending("objects") }
    /// Documents' texts.
    public var texts: FilePath { root.appending("texts") }
    public var runs: FilePath { root.appending("runs") }
    /// Stores of shards, which other processes may be writing.
    public var shards: FilePath { root.appending("shards") }
    /// What services have accepted and not brought in yet; theirs, and no part of the store itself.
    public var uploads: FilePath { root.appending("uploads") }

    private var objectSuffix: String { isSealed ? ".kv.zst.sealed" : ".kv.zst" }
    private var textSuffix: String { isSealed ? ".txt.zst.sealed" : ".txt.zst" }

    /// The context cache of that identity digest.
    public func object(_ digest: String) -> FilePath {
        objects.appending(String(digest.prefix(2))).appending(digest + objectSuffix)
    }

    /// The text object of that digest.
    public func text(_ digest: String) -> FilePath {
        texts.appending(String(digest.prefix(2))).appending(digest + textSuffix)
    }

    /// The directory of a run's plan, failures and report.
    public func run(_ id: String) -> FilePath { runs.appending(id) }

    /// All files of the store itself; those of shards' stores and of services are others'.
    func ownFiles() throws -> [FilePath] {
        var files: [FilePath] = []
        for name in try FileSystem.list(root) {
            let path = root.appending(name)
            guard path != shards, path != uploads else { continue }
            switch try FileSystem.kind(of: path) {
            case .file: files.append(path)
            case .directory: files += try FileSystem.files(under: path)
            case .link, .other, nil: break
            }
        }
        return files
    }

    /// The identity digest in the name of a context cache, or nil where the name is of another form.
    func objectDigest(of path: FilePath) -> String? { Self.digest(of: path, suffix: objectSuffix) }

    /// The identity digest in the name of a journal, or nil where the name is of another form.
    func journalDigest(of path: FilePath) -> String? {
        Self.digest(of: path, suffix: objectSuffix + ".journal")
    }

    /// The digest in the name of a text object, or nil where the name is of another form.
    func textDigest(of path: FilePath) -> String? { Self.digest(of: path, suffix: textSuffix) }

    private static func digest(of path: FilePath, suffix: String) -> String? {
        guard let name = path.lastComponent?.string, name.hasSuffix(suffix) else { return nil }
        let digest = String(name.dropLast(suffix.count))
        return isDigest(digest) ? digest : nil
    }

    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
