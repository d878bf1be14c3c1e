import FileAccess
import Safetensors
import SystemPackage

/// The file that makes a directory a store: format, version, who created it, and whether it is encrypted.
enum StoreMarker {
    private static let kind = "pharos store"
    private static let version = 1
    private static let cipher = "AES-256-GCM"

    /// Throws unless the marker at `path` is that of a store which this program reads with `key`.
    static func check(_ path: FilePath, key: StoreKey?) throws {
        try CacheStorageError.translating(path) {
            guard try FileSystem.kind(of: path) == .file else {
                throw CacheStorageError(
                    .noStore, "there is no store here", path: path.removingLastComponent())
            }
            func wrong(_ code: CacheStorageError.Code, _ message: String) -> CacheStorageError {
                CacheStorageError(code, message, path: path)
            }
            let json: HeaderJSON
            do {
                json = try HeaderJSON(parsing: FileSystem.read(path, limit: 1 << 16))
            } catch let error as HeaderJSON.SyntaxError {
                throw wrong(.format, "the file cannot be read: \(error.message) at byte \(error.offset)")
            }
            guard json["format"] == .string(kind) else {
                throw wrong(.format, "the file does not say that this is a store")
            }
            guard json["version"] == .integer(version) else {
                throw wrong(
                    .format, "the store has a version that this program does not read; it reads \(version)")
            }
            switch (json["encryption"], key) {
            case (nil, nil): break
            case (nil, _?): throw wrong(.key, "the store is not encrypted, but a key was given")
            case (_?, nil): throw wrong(.key, "the store is encrypted; give its key file")
            case (let found?, let key?):
                guard found == .string(cipher) else {
                    throw wrong(.format, "the store's cipher is not known")
                }
                guard json["key"] == .string(key.check) else {
                    throw wrong(.key, "the key is not that of this store")
                }
            }
        }
    }

    /// Writes the marker, unless a usable one is there.
    static func write(_ path: FilePath, createdBy: String, key: StoreKey?) throws {
        do {
            return try check(path, key: key)
        } catch let error as CacheStorageError where error.code == .noStore || error.code == .format {
            var fields = [("format", HeaderJSON.quoted(kind)), ("version", String(version))]
            fields.append(("created_by", HeaderJSON.quoted(createdBy)))
            if let key {
                fields += [("encryption", HeaderJSON.quoted(cipher)), ("key", HeaderJSON.quoted(key.check))]
            }
            let text = fields.map { "\(HeaderJSON.quoted($0.0)):\($0.1)" }.joined(separator: ",")
            try AtomicFile.replace(path, with: Array("{\(text)}\n".utf8))
        }
    }
}
