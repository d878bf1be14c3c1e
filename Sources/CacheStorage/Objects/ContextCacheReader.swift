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
        guard let result = try blocks([item]).first else {
            throw CacheStorageError(.missing, "the cache has no \(item)", path: path)
        }
        return result
    }

    /// Windows `range`, divided where one frame ends and the next begins: what is best read at a time.
    public func frames(ofWindows range: Range<Int>) throws -> [Range<Int>] {
        var result: [Range<Int>] = []
        var last = -1
        for window in range {
            let frame = header.plan.frame(ofPart: try header.plan.part(of: .window(window)))
            if frame == last, let open = result.popLast() {
                result.append(open.lowerBound..<window + 1)
            } else {
                result.append(window..<window + 1)
            }
            last = frame
        }
        return result
    }

    /// Calls `body` with each layer of each of windows `range` in turn.
    ///
    /// - Parameter body: told of the window, the layer, its keys before RoPE and its values, both
    ///   `[entries, kvHeads, headDim]`.
    public func forEachLayer(
        ofWindows range: Range<Int>,
        _ body: (_ window: Int, _ layer: Int, _ keys: [Float], _ values: [Float]) throws -> Void
    ) throws {
        try forEachPart(range.map { .window($0) }) { item, place, content in
            guard case .window(let window) = item else { return }
            let part = header.plan.parts[place]
            try part.codec.forEachLayer(of: content, entries: part.entries) { try body(window, $0, $1, $2) }
        }
    }

    /// The keys and values of `items` in order; a frame is decompressed once for neighbours that share it.
    public func blocks(_ items: [CacheItem]) throws -> [KeyValueBlock] {
        var result: [KeyValueBlock] = []
        try forEachPart(items) { _, place, content in
            let part = header.plan.parts[place]
            result.append(try part.codec.decode(content, entries: part.entries))
        }
        return result
    }

    /// Calls `body` with each of `items` in turn, its place among the parts and its bytes.
    private func forEachPart(
        _ items: [CacheItem], _ body: (CacheItem, Int, ArraySlice<UInt8>) throws -> Void
    ) throws {
        var current = -1
        var content: [UInt8] = []
        for item in items {
            let place = try Self.naming(path) {
                let place = try header.plan.part(of: item)
                let frame = header.plan.frame(ofPart: place)
                if frame != current {
                    content = try self.content(ofFrame: frame)
                    current = frame
                }
                return place
            }
            let base = header.plan.frames[current].bytes.lowerBound
            let range = header.plan.parts[place].bytes
            do {
                try body(item, place, content[range.lowerBound - base..<range.upperBound - base])
            } catch let error as CacheStorageError where error.path == nil {
                throw CacheStorageError(error.code, "\(item): \(error.message)", path: path)
            }
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
                        try check(frame, content)
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

    /// Decodes all that frame `index` holds.
    private func check(_ index: Int, _ content: [UInt8]) throws {
        let base = header.plan.frames[index].bytes.lowerBound
        for part in header.plan.parts[header.plan.frames[index].parts] {
            do {
                try part.codec.forEachLayer(
                    of: content[part.bytes.lowerBound - base..<part.bytes.upperBound - base],
                    entries: part.entries
                ) { _, _, _ in }
            } catch let error as CacheStorageError {
                throw CacheStorageError(error.code, "\(part.item): \(error.message)", path: path)
            }
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
