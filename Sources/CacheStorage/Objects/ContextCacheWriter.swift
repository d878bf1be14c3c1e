import FileAccess
public import SystemPackage
import Zstandard

/// Writes a context cache item by item as it is computed.
///
/// Items are appended in the order of ``items``: per segment its sink, its windows, its raw entries. They lie in a
/// journal beside the object until ``finish()`` puts the object in its place, so a run that is killed goes on with
/// the first item that is not in the journal.
///
/// ``append(_:for:)`` returns the block *as stored*. A caller that goes on computing with what it returns, instead of
/// with what it gave, gets the same bytes whether a window was just computed, restored from the journal, or copied
/// from an older cache, whatever the encoding.
public final class ContextCacheWriter {
    public let path: FilePath
    public let identity: CacheIdentity
    public let layout: ContextCacheLayout
    /// All items in the order in which they are appended.
    public var items: [CacheItem] { plan.parts.map { $0.item } }
    /// How many of ``items`` are there: copied, restored, or appended.
    public var itemCount: Int { (source?.parts ?? 0) + journal.count }
    /// How many of ``items`` were there when the writer was made.
    public let restoredItemCount: Int
    /// Windows that are copied from another cache.
    public let reusedWindows: Int

    /// Another cache whose first frames are copied.
    private struct Source {
        let reader: ContextCacheReader
        let frames: Int
        let parts: Int
    }

    private let shape: ContextCacheShape
    private let plan: ContextCachePlan
    private let journal: CacheJournal
    private let level: Int
    private let source: Source?
    private let key: StoreKey?

    /// Starts, or goes on with, the cache that is to appear at `path`.
    ///
    /// - Parameters:
    ///   - level: the zstd level, which ought to be a field of the identity.
    ///   - older: a cache of an earlier version of the same document, made with the same settings.
    ///   - reusableWindows: how many of its first windows are known to be those of this one. As many whole frames of
    ///     them as possible are copied unread, and the rest of them decoded and kept; the layouts' intervals must
    ///     agree up to there.
    ///   - key: encrypts object and journal.
    public init(
        _ path: FilePath, identity: CacheIdentity, layout: ContextCacheLayout, level: Int = 3,
        extending older: ContextCacheReader? = nil, reusableWindows: Int = 0, key: StoreKey? = nil
    ) throws {
        let shape = try layout.shape()
        let plan = try ContextCachePlan(shape)
        self.path = path
        self.identity = identity
        self.layout = layout
        self.level = level
        self.key = key
        self.shape = shape
        self.plan = plan
        let reusable =
            try older.map {
                try Self.reusableParts(
                    of: $0, plan: plan, identity: identity, layout: layout, windows: reusableWindows)
            } ?? 0
        let olderFrames = older?.header.plan.frames ?? []
        let frames = zip(plan.frames, olderFrames).dropFirst().prefix { frame, other in
            !frame.parts.isEmpty && frame.parts.upperBound <= reusable && frame.parts == other.parts
        }.count
        let copied = frames > 0 ? plan.frames[frames].parts.upperBound : 0
        source = older.flatMap { frames > 0 ? Source(reader: $0, frames: frames, parts: copied) : nil }
        reusedWindows = plan.parts[..<reusable].count { if case .window = $0.item { true } else { false } }
        let signature = "\(identity.digest) \(level) \(shape.segmentsText)"
        let journal = try CacheStorageError.translating(path) {
            try FileSystem.createDirectory(path.removingLastComponent())
            return try CacheJournal(
                Self.journalPath(of: path), plan: plan, signature: signature, firstPart: copied, key: key)
        }
        if let older {
            while copied + journal.count < reusable {
                let bytes = try older.bytes(ofPart: copied + journal.count)
                try CacheStorageError.translating(path) { try journal.append(bytes) }
            }
        }
        self.journal = journal
        restoredItemCount = copied + journal.count
    }

    /// Where the items of an unfinished cache lie.
    public static func journalPath(of path: FilePath) -> FilePath {
        path.removingLastComponent().appending((path.lastComponent?.string ?? "") + ".journal")
    }

    /// Adds the next item and returns it as it will be read back; an item that is already there is not written again.
    @discardableResult
    public func append(_ block: KeyValueBlock, for item: CacheItem) throws -> KeyValueBlock {
        let place = try plan.part(of: item)
        if place < itemCount { return try self.block(item) }
        let part = plan.parts[place]
        guard place == itemCount else {
            throw CacheStorageError(
                .value, "\(item) was given where \(plan.parts[itemCount].item) comes next", path: path)
        }
        guard block.entries == part.entries else {
            throw CacheStorageError(
                .value, "\(item) has \(block.entries) entries; the layout says \(part.entries)", path: path)
        }
        do {
            let bytes = try part.codec.encode(block)
            try CacheStorageError.translating(path) { try journal.append(bytes) }
            return try part.codec.decode(bytes[...], entries: part.entries)
        } catch let error as CacheStorageError where error.code == .value {
            throw CacheStorageError(.value, "\(item): \(error.message)", path: path)
        }
    }

    /// An item that is already there, as it will be read back.
    public func block(_ item: CacheItem) throws -> KeyValueBlock {
        let place = try plan.part(of: item)
        let part = plan.parts[place]
        return try part.codec.decode(bytes(ofPart: place)[...], entries: part.entries)
    }

    /// Makes all appended items durable; a machine that loses power then goes on from here.
    public func synchronize() throws {
        try CacheStorageError.translating(path) { try journal.synchronize() }
    }

    /// Writes the object, durable and complete, under its name, and removes the journal.
    public func finish() throws -> CacheSummary {
        guard itemCount == plan.parts.count else {
            throw CacheStorageError(
                .value, "the cache is not complete: \(plan.parts[itemCount].item) is missing", path: path)
        }
        return try CacheStorageError.translating(path) {
            let digests = try plan.frames.indices.map { index in
                if let source, index > 0, index <= source.frames {
                    return source.reader.header.frameDigests[index]
                }
                return ContentDigest.hex(of: try content(ofFrame: index))
            }
            let header = ContextCacheHeader(
                identity: identity, shape: shape, plan: plan,
                tokenCount: layout.segments.reduce(0) { $0 + $1.tokens.count }, frameDigests: digests)
            let file = try AtomicFile(path)
            var digest = ContentDigest()
            let write = { (piece: [UInt8]) in
                digest.update(piece)
                try file.write(piece)
            }
            let sink = key.map {
                SealedFile.sink($0, digest: identity.digest, frameCount: plan.frames.count + 1, write)
            }
            var writer = try SeekableZstdWriter(level: level, sink: sink ?? write)
            try writer.append(try header.bytes())
            for index in plan.frames.indices {
                if let source, index > 0, index <= source.frames {
                    try writer.append(
                        frame: source.reader.compressedFrame(index),
                        contentByteCount: plan.frames[index].bytes.count)
                } else {
                    try writer.append(try content(ofFrame: index))
                }
            }
            try writer.finish()
            let byteCount = file.byteCount
            try file.commit()
            try journal.remove()
            return CacheSummary(
                path: path, identity: identity, byteCount: byteCount, fileDigest: digest.hex(),
                payloadByteCount: plan.payloadByteCount, reusedWindows: reusedWindows)
        }
    }

    /// Gives the cache up and removes its journal.
    public func discard() throws {
        try CacheStorageError.translating(path) { try journal.remove() }
    }

    private func content(ofFrame index: Int) throws -> [UInt8] {
        let frame = plan.frames[index]
        if index == 0 { return ContextCacheIndex.indexBytes(layout) }
        if frame.parts.isEmpty { return ContextCacheIndex.kindBytes(layout) }
        var result: [UInt8] = []
        result.reserveCapacity(frame.bytes.count)
        for place in frame.parts { result += try bytes(ofPart: place) }
        return result
    }

    private func bytes(ofPart place: Int) throws -> [UInt8] {
        if let source, place < source.parts { return try source.reader.bytes(ofPart: place) }
        return try CacheStorageError.translating(path) { try journal.bytes(ofPart: place) }
    }

    /// How many parts of `older` are those of the new cache: up to `windows` windows, with everything before them.
    private static func reusableParts(
        of older: ContextCacheReader, plan: ContextCachePlan, identity: CacheIdentity,
        layout: ContextCacheLayout,
        windows: Int
    ) throws -> Int {
        guard older.identity.settingsDigest == identity.settingsDigest else {
            let differences = identity.difference(from: older.identity).filter {
                $0.field != CacheIdentity.textField
            }
            throw CacheStorageError(
                .identity,
                "a cache can only be extended by one of equal settings; \(differences.first?.description ?? "")",
                path: older.path, differences: differences)
        }
        let olderSegments = try older.layout().segments
        let olderWindows = olderSegments.flatMap { $0.windows }
        let newWindows = layout.segments.flatMap { $0.windows }
        var result = 0
        for (place, part) in plan.parts.enumerated() {
            guard place < older.header.plan.parts.count else { break }
            let other = older.header.plan.parts[place]
            guard part.item == other.item, part.entries == other.entries, part.codec == other.codec else {
                break
            }
            switch part.item {
            case .sink: continue
            case .raw(let segment):
                // Sink and raw entries are reused where a later window is.
                guard layout.segments[segment].raw == olderSegments[segment].raw else { return result }
            case .window(let number):
                guard number < windows, newWindows[number] == olderWindows[number] else { return result }
                result = place + 1
            }
        }
        return result
    }
}
