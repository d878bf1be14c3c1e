/// The possible merges of a long run: the lowest rank comes first, and of equals the leftmost place.
///
/// Runs that are long have few different ranks, and candidates of a rank are found nearly in order. So there is a
/// list of places for each rank, which is sorted when it is needed and mostly is already, and a small heap of ranks.
struct MergeQueue {
    private struct Bucket {
        var places: [Int32] = []
        var first = 0
        var isSorted = true
    }

    /// The bucket of each rank, -1 where none is open.
    private var bucketOfRank: [Int32] = []
    private var buckets: [Bucket] = []
    private var freeBuckets: [Int32] = []
    /// A binary heap of the ranks that have a bucket.
    private var ranks: [UInt32] = []

    /// Makes room for so many ranks; the queue is empty.
    mutating func prepare(rankCount: Int) {
        if bucketOfRank.count < rankCount { bucketOfRank = [Int32](repeating: -1, count: rankCount) }
    }

    mutating func insert(_ rank: UInt32, _ place: Int32) {
        var index = Int(bucketOfRank[Int(rank)])
        if index < 0 { index = open(rank) }
        if let last = buckets[index].places.last, last > place { buckets[index].isSorted = false }
        buckets[index].places.append(place)
    }

    mutating func popFirst() -> (rank: UInt32, place: Int32)? {
        guard let rank = ranks.first else { return nil }
        let index = Int(bucketOfRank[Int(rank)])
        if !buckets[index].isSorted {
            let first = buckets[index].first
            buckets[index].places[first...].sort()
            buckets[index].isSorted = true
        }
        let place = buckets[index].places[buckets[index].first]
        buckets[index].first += 1
        if buckets[index].first == buckets[index].places.count { close(rank, index) }
        return (rank, place)
    }

    private mutating func open(_ rank: UInt32) -> Int {
        let index: Int
        if let free = freeBuckets.popLast() {
            index = Int(free)
        } else {
            index = buckets.count
            buckets.append(Bucket())
        }
        bucketOfRank[Int(rank)] = Int32(index)
        var place = ranks.count
        ranks.append(rank)
        while place > 0, ranks[(place - 1) / 2] > rank {
            ranks[place] = ranks[(place - 1) / 2]
            place = (place - 1) / 2
        }
        ranks[place] = rank
        return index
    }

    /// Closes the bucket of the lowest rank.
    private mutating func close(_ rank: UInt32, _ index: Int) {
        bucketOfRank[Int(rank)] = -1
        buckets[index].places.removeAll(keepingCapacity: buckets[index].places.count < 1 << 16)
        buckets[index].first = 0
        freeBuckets.append(Int32(index))
        let moving = ranks.removeLast()
        if ranks.isEmpty { return }
        var place = 0
        while true {
            var child = 2 * place + 1
            if child >= ranks.count { break }
            if child + 1 < ranks.count, ranks[child + 1] < ranks[child] { child += 1 }
            if moving <= ranks[child] { break }
            ranks[place] = ranks[child]
            place = child
        }
        ranks[place] = moving
    }
}
