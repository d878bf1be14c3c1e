/// Applies merges to a run of symbols: always the one of lowest rank, the leftmost of equals.
///
/// Short runs are searched anew for every merge, which is fastest there. Long runs keep their candidates in a queue
/// and their symbols in a linked list, so that even a document without a space is no burden.
struct SymbolMerger {
    /// The tokens of the run; after `merge`, those that are left.
    var ids: [Int32] = []
    /// Where each token begins in the text.
    var starts: [Int32] = []
    private var ranks: [UInt32] = []
    private var next: [Int32] = []
    private var previous: [Int32] = []
    private var queue = MergeQueue()
    private static let longestShortRun = 64

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func append(_ id: Int32, _ start: Int) {
        ids.append(id)
        starts.append(Int32(truncatingIfNeeded: start))
    }

    /// Merges until no pair has a merge.
    mutating func merge(_ merges: MergeTable) {
        if ids.count < 2 { return }
        if ids.count <= Self.longestShortRun {
            mergeShort(merges)
        } else {
            mergeLong(merges)
        }
    }

    private mutating func mergeShort(_ merges: MergeTable) {
        var count = ids.count
        ranks.removeAll(keepingCapacity: true)
        for index in 1..<count { ranks.append(merges.ranks[ids[index - 1], ids[index]]) }
        while count > 1 {
            var best = PairTable.absent
            var place = 0
            for index in 0..<count - 1 where ranks[index] < best {
                best = ranks[index]
                place = index
            }
            if best == PairTable.absent { break }
            ids[place] = merges.results[Int(best)]
            count -= 1
            // Close the gap that the right partner leaves.
            for index in place + 1..<count {
                ids[index] = ids[index + 1]
                starts[index] = starts[index + 1]
                ranks[index - 1] = ranks[index]
            }
            if place > 0 { ranks[place - 1] = merges.ranks[ids[place - 1], ids[place]] }
            if place + 1 < count { ranks[place] = merges.ranks[ids[place], ids[place + 1]] }
        }
        ids.removeLast(ids.count - count)
        starts.removeLast(starts.count - count)
    }

    private mutating func mergeLong(_ merges: MergeTable) {
        let count = ids.count
        next.removeAll(keepingCapacity: true)
        previous.removeAll(keepingCapacity: true)
        queue.prepare(rankCount: merges.results.count)
        for index in 0..<count {
            next.append(index + 1 < count ? Int32(index + 1) : -1)
            previous.append(Int32(index - 1))
            if index + 1 < count { offer(index, merges.ranks[ids[index], ids[index + 1]]) }
        }
        while let (rank, place) = queue.popFirst() {
            let left = Int(place)
            // An entry is stale if its symbol is gone or its pair is no longer the one of that rank.
            guard ids[left] >= 0, next[left] >= 0 else { continue }
            let right = Int(next[left])
            let current = merges.ranks[ids[left], ids[right]]
            let result = merges.results[Int(rank)]
            guard current != PairTable.absent, merges.results[Int(current)] == result else { continue }
            ids[left] = result
            ids[right] = -1
            next[left] = next[right]
            if next[right] >= 0 {
                previous[Int(next[right])] = place
                offer(left, merges.ranks[result, ids[Int(next[right])]])
            }
            if previous[left] >= 0 {
                offer(Int(previous[left]), merges.ranks[ids[Int(previous[left])], result])
            }
        }
        compact()
        if count > 1 << 16 { releaseMemory() }
    }

    private mutating func offer(_ place: Int, _ rank: UInt32) {
        if rank != PairTable.absent { queue.insert(rank, Int32(place)) }
    }

    private mutating func compact() {
        var kept = 0
        for index in 0..<ids.count where ids[index] >= 0 {
            ids[kept] = ids[index]
            starts[kept] = starts[index]
            kept += 1
        }
        ids.removeLast(ids.count - kept)
        starts.removeLast(starts.count - kept)
    }

    private mutating func releaseMemory() {
        next = []
        previous = []
        queue = MergeQueue()
    }
}
