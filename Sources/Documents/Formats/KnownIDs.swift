/// The ids that the documents of one file with all its members have been given, in little memory.
///
/// An id is kept as eight bytes. Ids that are places among records (`file.csv#17`) follow one another, so of those only
/// the ranges are kept.
final class KnownIDs {
    private var hashes: Set<UInt64> = []
    /// The places that serve as ids, in order, by the hash of what stands before them.
    private var places: [UInt64: [Range<Int>]] = [:]

    /// Notes an id; false when it is known already.
    ///
    /// - Parameters:
    ///   - base: What stands before the place, when the id is `base#place`.
    ///   - place: The place among the records that the id is made of; `nil` when it is made of something else.
    func insert(_ id: String, under base: String, place: Int?) -> Bool {
        guard let place else {
            if !places.isEmpty, let (base, place) = Self.takenApart(id), holds(place, Self.hash(base)) {
                return false
            }
            return hashes.insert(Self.hash(id)).inserted
        }
        if !hashes.isEmpty, hashes.contains(Self.hash(id)) { return false }
        return add(place, Self.hash(base))
    }

    /// Forgets an id, whose document was withdrawn.
    func remove(_ id: String) { hashes.remove(Self.hash(id)) }

    /// `base` and `17` of `base#17`.
    private static func takenApart(_ id: String) -> (Substring, Int)? {
        guard let sign = id.lastIndex(of: "#"), let place = Int(id[id.index(after: sign)...]),
            id[id.index(after: sign)...] == String(place)
        else { return nil }
        return (id[..<sign], place)
    }

    private func holds(_ place: Int, _ base: UInt64) -> Bool {
        guard let ranges = places[base] else { return false }
        let next = Self.index(of: place, in: ranges)
        return next < ranges.count && ranges[next].contains(place)
    }

    private func add(_ place: Int, _ base: UInt64) -> Bool {
        guard place < Int.max, !holds(place, base) else { return false }
        let next = Self.index(of: place, in: places[base] ?? [])
        if next > 0, let before = places[base]?[next - 1], before.upperBound == place {
            places[base]?[next - 1] = before.lowerBound..<place + 1
        } else {
            places[base, default: []].insert(place..<place + 1, at: next)
        }
        return true
    }

    /// The first range that ends behind a place.
    private static func index(of place: Int, in ranges: [Range<Int>]) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound > place { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// FNV-1a, finished well: the same in every process, so that the same input fails in the same way.
    private static func hash(_ text: some StringProtocol) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return hash ^ (hash >> 32)
    }
}
