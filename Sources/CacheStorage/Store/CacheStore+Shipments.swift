import FileAccess
import GRDB
import Synchronization
public import SystemPackage

extension CacheStore {
    /// How another store can be told of a document.
    public func shipment(of document: StoredDocument) throws -> DocumentShipment {
        let caches = try document.caches.map { digest in
            guard let known = try catalog.read({ try catalog.cache(digest, $0) }) else {
                throw CacheStorageError(
                    .missing, "the catalog knows no cache \(digest) of \"\(document.id)\"",
                    path: paths.catalog)
            }
            return DocumentShipment.File(name: digest, digest: known.fileDigest)
        }
        return DocumentShipment(
            text: .init(name: document.textObject, digest: document.textFileDigest), caches: caches)
    }

    /// Another store, opened for reading with this one's key.
    public func opening(_ root: FilePath) throws -> CacheStore { try CacheStore(root, key: key) }

    /// Removes what of a collection is not what was written: caches whose files differ from their digests in
    /// the catalog, and the rows of documents whose texts do. The next run makes both again.
    ///
    /// - Returns: what was removed.
    public func removeDamage(in collection: String) throws -> [StoreFinding] {
        try requireWriting()
        var findings: [StoreFinding] = []
        var seen: Set<String> = []
        for document in try documents(in: collection) {
            let text = paths.text(document.textObject)
            if try !hasDigest(document.textFileDigest, text) {
                try removeDocument(document.id, in: collection)
                findings.append(
                    StoreFinding(
                        .damaged, text, "the file does not have the digest in the catalog",
                        document: "\(collection)/\(document.id)"))
            }
            for cache in try caches(of: document) where seen.insert(cache.identity.digest).inserted {
                let object = paths.object(cache.identity.digest)
                guard try hasCache(cache.identity), try !hasDigest(cache.fileDigest, object) else { continue }
                try CacheStorageError.translating(object) { try FileSystem.remove(object) }
                findings.append(
                    StoreFinding(.damaged, object, "the file does not have the digest in the catalog"))
            }
        }
        forgetUsage()
        return findings
    }

    /// Whether the file at `path` is there and has the digest.
    private func hasDigest(_ digest: String, _ path: FilePath) throws -> Bool {
        try CacheStorageError.translating(path) {
            try FileSystem.kind(of: path) == .file && ContentDigest.hex(ofFile: path) == digest
        }
    }

    /// Reads the files of a shipment from the store in `directory` and compares them with their digests.
    ///
    /// - Returns: the collection and the id in the document's record.
    /// - Throws: ``CacheStorageError`` of code `missing` or `damaged`, naming the file.
    public static func check(
        _ shipment: DocumentShipment, in directory: StorePaths, key: StoreKey? = nil
    ) throws -> (collection: String, id: String) {
        for name in [shipment.text.name] + shipment.caches.map(\.name) where !StorePaths.isDigest(name) {
            throw CacheStorageError(
                .damaged, "the shipment names a file that no store has: \(name.debugDescription)",
                path: directory.root)
        }
        for file in [(directory.text(shipment.text.name), shipment.text.digest)]
            + shipment.caches.map({ (directory.object($0.name), $0.digest) })
        {
            let digest = try CacheStorageError.translating(file.0) { try ContentDigest.hex(ofFile: file.0) }
            guard digest == file.1 else {
                throw CacheStorageError(
                    .damaged, "the file has the digest \(digest.prefix(12)), not \(file.1.prefix(12))",
                    path: file.0)
            }
        }
        let object = try TextObject(directory.text(shipment.text.name), digest: shipment.text.name, key: key)
        guard (object.cache.map { [$0] } ?? []) + object.companions == shipment.caches.map(\.name) else {
            throw CacheStorageError(
                .damaged, "the record names other caches than the shipment",
                path: directory.text(shipment.text.name))
        }
        return (object.record.collection, object.record.id)
    }

    /// Publishes documents from other stores' files, in one transaction, in the order given.
    ///
    /// Files that are here already stay as they are; others become links to those stores' files, or copies where
    /// links cannot be made. The files are taken to be those that ``check(_:in:key:)`` found.
    ///
    /// - Returns: how many of the documents were not published just so before.
    @discardableResult
    public func adopt(_ shipments: [(files: DocumentShipment, store: StorePaths)]) throws -> Int {
        try requireWriting()
        var arrivals: [(object: TextObject, fileDigest: String, caches: [StoredCache])] = []
        for (shipment, directory) in shipments {
            let object = try TextObject(
                directory.text(shipment.text.name), digest: shipment.text.name, key: key)
            var caches: [StoredCache] = []
            var isKnown = true
            for file in shipment.caches {
                try place(directory.object(file.name), at: paths.object(file.name), digest: file.digest)
                let known = try catalog.read { try catalog.cache(file.name, $0) }
                if let known, known.fileDigest == file.digest {
                    caches.append(known)
                } else {
                    isKnown = false
                    caches.append(
                        try Self.describe(
                            openCache(digest: file.name), fileDigest: file.digest,
                            isPinned: known?.isPinned ?? false))
                }
            }
            let former = try findDocument(object.record.id, in: object.record.collection)
            try place(
                directory.text(shipment.text.name), at: paths.text(shipment.text.name),
                digest: shipment.text.digest)
            if !isKnown || former?.textObject != object.digest
                || former?.textFileDigest != shipment.text.digest
            {
                arrivals.append((object, shipment.text.digest, caches))
            }
        }
        guard !arrivals.isEmpty else { return 0 }
        let superseded = try catalog.write { database in
            try arrivals.compactMap { arrival in
                for cache in arrival.caches { try catalog.record(cache, database) }
                return try catalog.publish(arrival.object, fileDigest: arrival.fileDigest, database)
            }
        }
        for text in superseded { try removeText(text) }
        forgetUsage()
        searchIndex.withLock { $0 = nil }
        return arrivals.count
    }

    /// Makes `target` the same file as `source`, unless it has the right bytes already.
    private func place(_ source: FilePath, at target: FilePath, digest: String) throws {
        try CacheStorageError.translating(target) {
            if try FileSystem.kind(of: target) == .file, try ContentDigest.hex(ofFile: target) == digest {
                return
            }
            try FileSystem.createDirectory(target.removingLastComponent())
            try FileSystem.link(source, at: target)
        }
    }
}
