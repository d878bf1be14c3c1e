import FileAccess
import Synchronization
public import SystemPackage
import Zstandard

/// An open context cache: its header has been checked in full, its frames are read and checked on demand.
///
/// Nothing is read through a mapping, so a file that shrinks gives an error. Frames are independent; a reader may be
/// used from several threads at once.
public struct ContextCacheReader: Sendable {
    public let path: FilePath
    /// The length of the file in bytes.
    public let byteCount: Int
    let header: ContextCacheHeader
    private let frames: SeekableZstdReader

    /// What the cache was made from.
    public var identity: CacheIdentity { header.identity }
    /// Counts and sizes; known without reading any frame but the first.
    public var shape: ContextCacheShape { header.shape }
    /// Tokens of the document.
    public var tokenCount: Int { header.tokenCount }
    /// The bytes of all tensors, decompressed.
    public var payloadByteCount: Int { header.plan.payloadByteCount }
    /// The digest of all tensors.
    public var payloadDigest: String { header.payloadDigest }

    /// Opens the cache at `path` and checks seek table and header; the tensors are not read.
    ///
    /// - Parameters:
    ///   - expected: where given, the cache's identity must be this one, or the error names the first field that
    ///     differs, with both values.
    ///   - sealedAs: the identity digest under which the file was encrypted, with `key`.
    public init(
        _ path: FilePath, expected: CacheIdentity? = nil, sealedAs digest: String? = nil, key: StoreKey? = nil
    ) throws {
        self.path = path
        let file = try CacheStorageError.translating(path) { try RandomAccessFile(path) }
        byteCount = file.count
        (frames, header) = try Self.naming(path) {
            let frames =
                if let key, let digest {
                    try SealedFile.reader(file, key: key, digest: digest)
                } else {
                    try SeekableZstdReader(byteCount: file.count) { try file.bytes($0) }
                }
            guard !frames.table.frames.isEmpty else {
                throw CacheStorageError(.format, "the file has no frames; it is no context cache")
            }
            let content = try frames.content(0, limit: ContextCacheHeader.maximumByteCount)
            let counts = frames.table.frames.dropFirst().map { $0.content.count }
            return (frames, try ContextCacheHeader(parsing: content, frameByteCounts: Array(counts)))
        }
        if let expected {
            do {
                try expected.require(header.identity)
            } catch let error as CacheStorageError {
                throw CacheStorageError(error.code, error.message, path: path, differences: error.differences)
            }
        }
    }

    /// What every beacon and raw entry stands for.
    public func layout() throws -> ContextCacheLayout {
        try Self.naming(path) {
            let hasKinds = shape.segments.contains { $0.rawEntries > 0 }
            let kinds = hasKinds ? try content(ofFrame: header.plan.frames.count - 1) : []
            return try ContextCacheIndex.layout(shape, index: content(ofFrame: 0), kinds: kinds)
        }
    }

    /// The keys and values of one item.
    public func block(_ item: CacheItem) throws -> KeyValueBlock {
        var result: KeyValueBlock?
        try forEachBlock([item]) { _, block in result = block }
        guard let result else { throw CacheStorageError(.missing, "the cache has no \(item)", path: path) }
        return result
    }

    /// The beacons of windows `range` in order, decoded on up to `threads` threads.
    public func windows(_ range: Range<Int>, threads: Int = 1) throws -> [KeyValueBlock] {
        try blocks(range.map { .window($0) }, threads: threads)
    }

    /// The keys and values of `items` in order, decoded on up to `threads` threads; every frame is read once.
    public func blocks(_ items: [CacheItem], threads: Int = 1) throws -> [KeyValueBlock] {
        let count = max(1, min(threads, items.count))
        if count == 1 {
            var result: [KeyValueBlock] = []
            try forEachBlock(items) { result.append($1) }
            return result
        }
        let results = Mutex([Result<[KeyValueBlock], any Error>?](repeating: nil, count: count))
        ParallelWork.perform(count) { slice in
            let range = items.count * slice / count..<items.count * (slice + 1) / count
            let result = Result<[KeyValueBlock], any Error> { try blocks(Array(items[range])) }
            results.withLock { $0[slice] = result }
        }
        return try results.withLock { try $0.flatMap { try $0?.get() ?? [] } }
    }

    /// Calls `body` with each of `items` in turn; a frame is decompressed once for neighbours that share it.
    public func forEachBlock(_ items: [CacheItem], _ body: (CacheItem, KeyValueBlock) throws -> Void) throws {
        var current = -1
        var content: [UInt8] = []
        for item in items {
            let block = try Self.naming(path) {
                let place = try header.plan.part(of: item)
                let frame = header.plan.frame(ofPart: place)
                if frame != current {
                    content = try self.content(ofFrame: frame)
                    current = frame
                }
                return try decode(place, frame: frame, content: content)
            }
            try body(item, block)
        }
    }

    /// Checks every frame against its checksum and digest, and every value.
    ///
    /// - Returns: the number of bytes of tensors checked.
    @discardableResult
    public func verify(threads: Int = 1) throws -> Int {
        _ = try layout()
        let places = header.plan.frames.indices.filter { !header.plan.frames[$0].parts.isEmpty }
        let count = max(1, min(threads, places.count))
        let failure = Mutex<(any Error)?>(nil)
        ParallelWork.perform(count) { slice in
            do {
                for index in stride(from: slice, to: places.count, by: count) {
                    guard failure.withLock({ $0 == nil }) else { return }
                    let frame = places[index]
                    try Self.naming(path) {
                        let content = try content(ofFrame: frame)
                        for part in header.plan.frames[frame].parts {
                            _ = try decode(part, frame: frame, content: content)
                        }
                    }
                }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return payloadByteCount
    }

    /// The stored bytes of part `place`, checked.
    func bytes(ofPart place: Int) throws -> [UInt8] {
        try Self.naming(path) {
            let frame = header.plan.frame(ofPart: place)
            let base = header.plan.frames[frame].bytes.lowerBound
            let range = header.plan.parts[place].bytes
            return Array(try content(ofFrame: frame)[range.lowerBound - base..<range.upperBound - base])
        }
    }

    /// The compressed bytes of payload frame `index`, not decompressed.
    func compressedFrame(_ index: Int) throws -> [UInt8] {
        try Self.naming(path) { try frames.frame(index + 1) }
    }

    private func decode(_ place: Int, frame: Int, content: [UInt8]) throws -> KeyValueBlock {
        let part = header.plan.parts[place]
        let base = header.plan.frames[frame].bytes.lowerBound
        do {
            return try part.codec.decode(
                content[part.bytes.lowerBound - base..<part.bytes.upperBound - base], entries: part.entries)
        } catch let error as CacheStorageError {
            throw CacheStorageError(error.code, "\(part.item): \(error.message)", path: path)
        }
    }

    /// The content of payload frame `index`, its checksum and digest verified.
    private func content(ofFrame index: Int) throws -> [UInt8] {
        let content = try frames.content(index + 1, limit: ContextCachePlan.maximumFrameByteCount)
        guard ContentDigest.hex(of: content) == header.frameDigests[index] else {
            throw CacheStorageError(
                .damaged, "frame \(index + 1) does not have the digest that the header states")
        }
        return content
    }

    private static func naming<Result>(_ path: FilePath, _ body: () throws -> Result) throws -> Result {
        do {
            return try CacheStorageError.translating(path, body)
        } catch let error as CacheStorageError where error.path == nil {
            throw CacheStorageError(error.code, error.message, path: path, differences: error.differences)
        }
    }
}
