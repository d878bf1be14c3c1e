import BeaconModel
import CacheStorage
import ContextCaching

/// The caches that one question needs, each opened once and held against the model at hand, field by field.
final class OpenedCaches {
    /// A cache, and the recipe that it was made by.
    struct Opened {
        var recipe: ContextRecipe
        var reader: ContextCacheReader
        var layout: ContextCacheLayout

        /// Entries that laying a passage takes: its windows, and the rest of a segment that it is the whole or the end of.
        func entryCount(_ passage: Passage) -> Int {
            guard layout.segments.indices.contains(passage.segment) else { return 0 }
            let segment = layout.segments[passage.segment]
            let isWhole = passage.windows.count == segment.windows.count
            return entryCount(passage.windows) + (isWhole || passage.windows.isEmpty ? segment.raw.count : 0)
        }

        /// Entries of some windows, numbered over the whole document.
        func entryCount(_ windows: Range<Int>) -> Int {
            let all = layout.segments.flatMap(\.windows)
            return all[windows.clamped(to: 0..<all.count)].reduce(0) { $0 + $1.beacons.count }
        }

        /// Entries of the whole document.
        var entryCount: Int {
            layout.segments.reduce(0) { $0 + $1.windows.reduce($1.raw.count) { $0 + $1.beacons.count } }
        }
    }

    private let answerer: StoreAnswerer
    private var opened: [String: Opened] = [:]

    init(_ answerer: StoreAnswerer) { self.answerer = answerer }

    /// The cache that a document is answered from.
    func coarse(_ document: StoredDocument) throws -> Opened {
        guard let digest = document.cache else {
            throw try answerer.store.absence(ofCache: nil, of: document)
        }
        return try open(digest, document, requirements: answerer.requirements)
    }

    /// The document's finer copy, which divides it into the same windows; nil where none is kept.
    func fine(_ document: StoredDocument) throws -> Opened? {
        guard let digest = document.companions.first else { return nil }
        let coarse = try coarse(document).layout
        var requirements = answerer.requirements
        requirements.ratio = nil
        let fine = try open(digest, document, requirements: requirements)
        let isAlike = zip(fine.layout.segments, coarse.segments).allSatisfy {
            $0.windows.count == $1.windows.count && $0.bytes == $1.bytes
        }
        guard isAlike, fine.layout.segments.count == coarse.segments.count else { return nil }
        return fine
    }

    /// Throws unless the cache has the model's shape and stands for no more tokens than the text can have.
    private func check(_ opened: Opened, _ document: StoredDocument) throws {
        let (layout, model) = (opened.layout, answerer.loaded.model.configuration)
        let most = document.textByteCount.multipliedReportingOverflow(by: 4)
        let tokens = layout.segments.map(\.tokens)
        guard
            layout.layers == model.layers, layout.kvHeads == model.kvHeads, layout.headDim == model.headDim,
            tokens.allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= most.partialValue + 16 }),
            !most.overflow, layout.segments.allSatisfy({ isWithin($0, document.textByteCount) })
        else {
            throw CacheStorageError(
                .damaged,
                "a cache of \"\(document.id)\" is not of the model's shape; 'pharos run' computes it again",
                path: opened.reader.path)
        }
    }

    /// Whether a segment's entries lie in its tokens and in the text, and no more of them are raw than it has tokens.
    private func isWithin(_ segment: CacheSegment, _ textByteCount: Int) -> Bool {
        func holds(_ interval: CacheInterval) -> Bool {
            segment.tokens.lowerBound <= interval.tokens.lowerBound
                && interval.tokens.upperBound <= segment.tokens.upperBound
                && interval.bytes.lowerBound >= 0 && interval.bytes.upperBound <= textByteCount
        }
        return segment.raw.count { !$0.isBeacon } <= segment.tokens.count + answerer.loaded.head.count
            && segment.raw.allSatisfy { holds($0.interval) }
            && segment.windows.allSatisfy { $0.beacons.allSatisfy(holds) }
    }

    private func open(
        _ digest: String, _ document: StoredDocument, requirements: StoreAnswerer.Requirements
    ) throws -> Opened {
        if let known = opened[digest] { return known }
        let reader: ContextCacheReader
        do {
            reader = try answerer.store.openCache(digest: digest)
        } catch let error as CacheStorageError where error.code == .missing {
            throw try answerer.store.absence(ofCache: digest, of: document)
        }
        let (loaded, normaliser) = (answerer.loaded, answerer.normaliser)
        var recipe = try ContextRecipe(loaded, askedOf: reader.identity, normaliser: normaliser)
        if requirements != StoreAnswerer.Requirements() {
            var compression = recipe.compression
            if let ratio = requirements.ratio { compression.ratio = .fixed(ratio) }
            recipe = try ContextRecipe(
                loaded, compression: compression, storage: recipe.storage, normaliser: normaliser)
        }
        try recipe.identity(textDigest: document.textDigest).require(reader.identity)
        let new = Opened(recipe: recipe, reader: reader, layout: try reader.layout())
        try check(new, document)
        opened[digest] = new
        return new
    }
}
