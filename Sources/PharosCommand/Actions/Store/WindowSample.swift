import BeaconModel
import CacheStorage

/// Windows chosen at random over all caches of a store's documents, finer copies among them.
struct WindowSample {
    /// The chosen windows of one cache in ascending order.
    struct Choice {
        let document: StoredDocument
        /// The cache's identity digest.
        let cache: String
        let windows: [Int]
    }

    /// The caches with chosen windows, in the order of the store's documents, each one's main cache first.
    let choices: [Choice]

    /// Chooses `count` different windows, or all where there are fewer; equal seeds choose the same.
    init(of store: CacheStore, count: Int, seed: UInt64) throws {
        let sizes = try Dictionary(
            store.caches().map { ($0.identity.digest, $0.windows) }, uniquingKeysWith: { $1 })
        var candidates: [(document: StoredDocument, cache: String, windows: Int)] = []
        var known: Set<String> = []
        try store.forEachDocument { document in
            for cache in document.caches {
                guard let windows = sizes[cache], windows > 0, known.insert(cache).inserted else { continue }
                candidates.append((document, cache, windows))
            }
        }
        let chosen = Self.choose(count, of: candidates.reduce(0) { $0 + $1.windows }, seed: seed)
        var result: [Choice] = []
        var first = 0
        var next = chosen[...]
        for candidate in candidates {
            let end = first + candidate.windows
            let mine = next.prefix { $0 < end }
            next = next.dropFirst(mine.count)
            if !mine.isEmpty {
                result.append(
                    Choice(
                        document: candidate.document, cache: candidate.cache, windows: mine.map { $0 - first }
                    ))
            }
            first = end
        }
        choices = result
    }

    /// `count` different numbers below `total` in ascending order, by Floyd's algorithm.
    static func choose(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
        var generator = SplitMix64(seed: seed)
        var chosen: Set<Int> = []
        for limit in max(0, total - max(0, count))..<max(0, total) {
            let number = Int.random(in: 0...limit, using: &generator)
            chosen.insert(chosen.contains(number) ? limit : number)
        }
        return chosen.sorted()
    }
}
