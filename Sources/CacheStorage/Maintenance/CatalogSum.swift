import FileAccess
import SystemPackage

/// A digest of the catalog's whole file, kept beside it, because SQLite does not notice damage inside a page.
///
/// It holds for the change counter in the database's header; a catalog with a later counter was written by a process
/// that was killed before it could renew the digest, and is not checked until one does.
struct CatalogSum {
    private static let counterOffset = 24
    private static let validForOffset = 92

    let catalog: FilePath
    var path: FilePath { FilePath(catalog.string + ".sum") }

    /// Notes the digest of the catalog as it is now.
    func seal() throws {
        let text = try "\(changeCounter()) \(ContentDigest.hex(ofFile: catalog))\n"
        try AtomicFile.replace(path, with: Array(text.utf8))
    }

    /// Throws ``CacheStorageError/Code/catalog`` where the catalog is not the one that was sealed.
    ///
    /// - Returns: false where it was changed since, so that nothing can be said.
    @discardableResult
    func verify() throws -> Bool {
        try CacheStorageError.translating(path) {
            guard try FileSystem.kind(of: path) == .file else { return false }
            let text = String(decoding: try FileSystem.read(path, limit: 256), as: UTF8.self)
            let parts = text.split(separator: " ")
            guard parts.count == 2, let counter = Int(parts[0]),
                parts[1].utf8.count == ContentDigest.hexCount + 1,
                text.hasSuffix("\n")
            else { throw damaged("its digest cannot be read") }
            // Twice, because a writer may have been at work, whose changes go to the file before the counter does.
            for _ in 0..<2 {
                guard try !isBeingWritten(), try changeCounter() == counter else { return false }
                let digest = try ContentDigest.hex(ofFile: catalog)
                if digest.utf8.elementsEqual(parts[1].utf8.dropLast()) { return true }
            }
            guard try !isBeingWritten(), try changeCounter() == counter else { return false }
            throw damaged("its bytes are not those that were written")
        }
    }

    /// Whether a transaction is open that has changed something, or was when its process was killed.
    private func isBeingWritten() throws -> Bool {
        try FileSystem.kind(of: FilePath(catalog.string + "-journal")) != nil
    }

    private func damaged(_ what: String) -> CacheStorageError {
        CacheStorageError(
            .catalog, "the catalog is damaged: \(what); run 'pharos repair' to rebuild it", path: catalog)
    }

    private func changeCounter() throws -> Int {
        let file = try RandomAccessFile(catalog)
        guard file.count >= 100 else { throw damaged("it is cut short") }
        func number(_ offset: Int) throws -> Int {
            try file.bytes(offset..<offset + 4).reduce(0) { $0 << 8 | Int($1) }
        }
        let counter = try number(Self.counterOffset)
        guard try number(Self.validForOffset) == counter else {
            throw damaged("its header contradicts itself")
        }
        return counter
    }
}
