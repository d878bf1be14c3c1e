public import SystemPackage

/// Where everything lies in a store.
public struct StorePaths: Sendable, Hashable {
    /// The store's directory.
    public let root: FilePath

    public init(_ root: FilePath) { self.root = root }

    /// Says what the directory is, and in which version.
    public var marker: FilePath { root.appending("pharos.json") }
    public var catalog: FilePath { root.appending("catalog.sqlite") }
    public var lock: FilePath { root.appending("lock") }
    /// Context caches.
    public var objects: FilePath { root.appending("objects") }
    /// Documents' texts.
    public var texts: FilePath { root.appending("texts") }
    public var runs: FilePath { root.appending("runs") }

    static let objectSuffix = ".kv.zst"
    static let textSuffix = ".txt.zst"

    /// The context cache of that identity digest.
    public func object(_ digest: String) -> FilePath {
        objects.appending(String(digest.prefix(2))).appending(digest + Self.objectSuffix)
    }

    /// The text object of that digest.
    public func text(_ digest: String) -> FilePath {
        texts.appending(String(digest.prefix(2))).appending(digest + Self.textSuffix)
    }

    /// The directory of a run's plan, failures and report.
    public func run(_ id: String) -> FilePath { runs.appending(id) }

    /// The digest in the name of an object or text, or nil where the name is of another form.
    static func digest(of path: FilePath, suffix: String) -> String? {
        guard let name = path.lastComponent?.string, name.hasSuffix(suffix) else { return nil }
        let digest = String(name.dropLast(suffix.count))
        return isDigest(digest) ? digest : nil
    }

    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
