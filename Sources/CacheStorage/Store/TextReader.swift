import FileAccess
import SystemPackage
import Zstandard

/// A document's text, checked, to be read a piece at a time: nobody who passes it on has to hold it whole.
///
/// It stays readable when the document is removed or replaced meanwhile, unless the store is encrypted.
public struct TextReader: Sendable {
    /// Bytes of the text's UTF-8.
    public let byteCount: Int
    private let path: FilePath
    private let frames: [Range<Int>]
    private let read: @Sendable (Range<Int>) throws -> [UInt8]

    /// Pieces of the text. A character may begin in one and end in the next.
    public var pieceCount: Int { frames.count }

    /// Reads the text object at `path` from end to end, holding a frame at a time, and checks it against its name, its
    /// checksums and the digest of its text.
    init(_ path: FilePath, digest: String, textDigest: String, key: StoreKey?) throws {
        self.path = path
        let first: @Sendable (Range<Int>) throws -> [UInt8]
        let size: Int
        if let key {
            // Sealed in one piece: opened for each piece, so that none is held between.
            let open: @Sendable () throws -> [UInt8] = {
                try key.open(FileSystem.read(path), as: TextObject.sealName(digest))
            }
            let bytes = try CacheStorageError.translating(path) { try open() }
            size = bytes.count
            first = { Array(bytes[$0]) }
            read = { Array(try open()[$0]) }
        } else {
            let file = try CacheStorageError.translating(path) { try RandomAccessFile(path) }
            size = file.count
            first = { try file.bytes($0) }
            read = first
        }
        var text = ContentDigest()
        var count = 0
        let decoder = try CacheStorageError.translating(path) { try ZstdDecoder() }
        let layout = try TextLayout(size, path, first)
        for frame in layout.texts {
            let content = try CacheStorageError.translating(path) {
                try decoder.content(of: first(frame), limit: TextLayout.frameByteCount)
            }
            text.update(content)
            count += content.count
        }
        let rest = try [layout.record, layout.map].map { range in
            try CacheStorageError.translating(path) {
                try decoder.content(of: first(range), limit: ContextCachePlan.maximumFrameByteCount)
            }
        }
        guard text.hex() == textDigest, TextObject.digest(recordJSON: rest[0], map: rest[1]) == digest else {
            throw CacheStorageError(
                .damaged, "the text object does not have the digest in its name", path: path)
        }
        frames = layout.texts
        byteCount = count
    }

    /// Piece `index` of the text, of at most 1 MiB, its checksum verified.
    public func piece(_ index: Int) throws -> [UInt8] {
        try CacheStorageError.translating(path) {
            try ZstdDecoder().content(of: read(frames[index]), limit: TextLayout.frameByteCount)
        }
    }
}

/// Where the parts of a text object lie in its file.
struct TextLayout {
    static let recordKind = 1
    static let mapKind = 2
    /// The most bytes of text in a frame.
    static let frameByteCount = 1 << 20
    /// The most bytes of a frame of text, compressed: bytes that cannot be compressed take up a little more.
    private static let sealedByteCount = frameByteCount + frameByteCount >> 8 + 64

    /// Frames of the text, in order.
    let texts: [Range<Int>]
    let record: Range<Int>
    let map: Range<Int>

    /// - Parameters:
    ///   - byteCount: the file's length.
    ///   - read: gives bytes of it.
    init(_ byteCount: Int, _ path: FilePath, _ read: (Range<Int>) throws -> [UInt8]) throws {
        func damaged(_ message: String) -> CacheStorageError {
            CacheStorageError(.damaged, message, path: path)
        }
        var skippable: [Int: Range<Int>] = [:]
        var texts: [Range<Int>] = []
        var place = 0
        while place < byteCount {
            let end = min(byteCount, place + Self.sealedByteCount)
            let next = try CacheStorageError.translating(path) {
                if let (kind, size) = SkippableFrame.header(try read(place..<min(byteCount, place + 8))) {
                    let start = place + 8
                    guard size <= byteCount - start, skippable[kind] == nil else {
                        throw damaged("the text object is cut short")
                    }
                    skippable[kind] = start..<start + size
                    return start + size
                }
                guard skippable.isEmpty else { throw damaged("the text object's frames are out of order") }
                let size = try ZstdDecoder.frameByteCount(at: 0, of: read(place..<end))
                texts.append(place..<place + size)
                return place + size
            }
            place = next
        }
        guard let record = skippable.removeValue(forKey: Self.recordKind),
            let map = skippable.removeValue(forKey: Self.mapKind), skippable.isEmpty
        else { throw damaged("the text object has no record") }
        self.texts = texts
        self.record = record
        self.map = map
    }
}
