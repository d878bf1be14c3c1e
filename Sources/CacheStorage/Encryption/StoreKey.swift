import Crypto
import FileAccess
public import SystemPackage

/// The key of an encrypted store.
///
/// Pieces are sealed one by one with AES-256-GCM. What a piece is (the cache's identity and the frame's number, or a
/// row and its field) is associated data, so a sealed piece opens nowhere else. Its nonce is a keyed digest of that and
/// of the piece itself: equal pieces give equal bytes, and no nonce serves two different ones.
public struct StoreKey: Sendable {
    /// What sealing adds to a piece: nonce and tag.
    static let overhead = 28

    private let sealing: SymmetricKey
    private let nonces: SymmetricKey
    /// Tells whether a key is the one a store was made with, without telling the key.
    let check: String

    /// Reads a key file: 32 bytes, or 64 hexadecimal digits, that only its owner may read.
    public init(contentsOf path: FilePath) throws {
        let bytes = try Self.content(path)
        guard let key = Self.key(bytes) else {
            throw CacheStorageError(
                .key,
                "the key file has \(bytes.count) bytes; 32 bytes or 64 hexadecimal digits were expected",
                path: path)
        }
        self.init(bytes: key)
    }

    init(bytes: [UInt8]) {
        let master = SymmetricKey(data: bytes)
        func derived(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: master, info: Array("pharos \(purpose)".utf8), outputByteCount: 32)
        }
        sealing = derived("sealing")
        nonces = derived("nonces")
        check = derived("check").withUnsafeBytes { ContentDigest.hex(of: Array($0)) }
    }

    /// The bytes of a key file; one that cannot be read is trouble with the key, not with the store.
    private static func content(_ path: FilePath) throws -> [UInt8] {
        do {
            guard try FileSystem.isPrivate(path) else {
                throw CacheStorageError(
                    .key, "others may read the key file; run 'chmod 600 \(path)'", path: path)
            }
            return try FileSystem.read(path, limit: 128)
        } catch let error as FileAccessError {
            throw CacheStorageError(.key, "the key file cannot be read: \(error.message)", path: path)
        }
    }

    /// Writes a new random key to `path`, which must not exist.
    public static func create(_ path: FilePath) throws {
        try CacheStorageError.translating(path) {
            guard try FileSystem.kind(of: path) == nil else {
                throw CacheStorageError(.key, "the file exists; a key is never overwritten", path: path)
            }
            var generator = SystemRandomNumberGenerator()
            let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            try AtomicFile.replace(path, with: Array((ContentDigest.hexText(bytes) + "\n").utf8))
        }
    }

    private static func key(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.count == 32 { return bytes }
        let text = String(decoding: bytes, as: UTF8.self).lowercased().filter { !$0.isWhitespace }
        return ContentDigest.isHex(text) ? ContentDigest.bytes(ofHexText: text) : nil
    }

    /// Nonce, ciphertext and tag of `piece`.
    package func seal(_ piece: [UInt8], as name: String) throws -> [UInt8] {
        var authentication = HMAC<SHA256>(key: nonces)
        authentication.update(data: Array("\(name.utf8.count) \(name)".utf8))
        authentication.update(data: piece)
        let nonce = Array(authentication.finalize()).prefix(12)
        do {
            let box = try AES.GCM.seal(
                piece, using: sealing, nonce: AES.GCM.Nonce(data: nonce), authenticating: Array(name.utf8))
            return Array(nonce) + Array(box.ciphertext) + Array(box.tag)
        } catch {
            throw CacheStorageError(.key, "\(name) cannot be encrypted: \(error)")
        }
    }

    /// The piece that was sealed under `name`; throws where the bytes, the name or the key are others.
    package func open(_ sealed: [UInt8], as name: String) throws -> [UInt8] {
        do {
            return Array(
                try AES.GCM.open(
                    AES.GCM.SealedBox(combined: sealed), using: sealing, authenticating: Array(name.utf8)))
        } catch {
            throw CacheStorageError(
                .damaged, "\(name) does not open with the store's key; its bytes were changed")
        }
    }
}
