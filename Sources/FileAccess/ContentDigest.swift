internal import Crypto
public import SystemPackage

/// A SHA-256 digest in the making; the result is lower-case hexadecimal.
public struct ContentDigest: Sendable {
    /// The length of a digest in hexadecimal digits.
    public static let hexCount = 64

    private var hash = SHA256()

    public init() {}

    public mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { hash.update(bufferPointer: $0) } }

    public mutating func update(_ text: String) { update(Array(text.utf8)) }

    /// The digest of all bytes given so far; more may follow.
    public func hex() -> String { Self.hexText(Array(hash.finalize())) }

    /// `bytes` in lower-case hexadecimal digits.
    public static func hexText(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            result.append(digits[Int(byte >> 4)])
            result.append(digits[Int(byte & 15)])
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The bytes that ``hexText(_:)`` wrote as `text`, or nil where it wrote no such text.
    public static func bytes(ofHexText text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(digits.count / 2)
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[place]), let low = value(digits[place + 1]) else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// The digest of `bytes`.
    public static func hex(of bytes: [UInt8]) -> String {
        var digest = ContentDigest()
        digest.update(bytes)
        return digest.hex()
    }

    /// The digest of the UTF-8 of `text`.
    public static func hex(of text: String) -> String { hex(of: Array(text.utf8)) }

    /// The digest of the file at `path`, read in pieces.
    public static func hex(ofFile path: FilePath) throws -> String {
        let file = try RandomAccessFile(path)
        var digest = ContentDigest()
        var offset = 0
        while offset < file.count {
            let end = min(offset + (1 << 20), file.count)
            digest.update(try file.bytes(offset..<end))
            offset = end
        }
        return digest.hex()
    }

    /// Whether `text` has the form of a digest: 64 lower-case hexadecimal digits.
    public static func isHex(_ text: String) -> Bool {
        text.utf8.count == hexCount
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
