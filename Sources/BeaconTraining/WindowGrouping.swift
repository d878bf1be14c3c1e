/// Batches of sequences with equal window counts (`group_by_stride strict` of the reference, §12).
public struct WindowGrouping: Sendable, Hashable {
    /// Numbers of the sequences of each batch.
    public let batches: [[Int]]

    /// Shuffles, sorts by window count keeping the shuffled order, cuts batches of equal counts, drops remainders, and
    /// shuffles the batches.
    ///
    /// - Parameter lengths: tokens of each sequence.
    public init(lengths: [Int], windowSize: Int, batchSize: Int, seed: UInt64) {
        precondition(windowSize > 0 && batchSize > 0)
        var random = SeededRandom(seed: seed)
        var order = Array(lengths.indices)
        order.shuffle(using: &random)
        var byCount: [Int: [Int]] = [:]
        for index in order { byCount[Self.windows(lengths[index], windowSize), default: []].append(index) }
        var batches: [[Int]] = []
        for count in byCount.keys.sorted() {
            let members = byCount[count] ?? []
            for start in stride(from: 0, through: members.count - batchSize, by: batchSize) {
                batches.append(Array(members[start..<start + batchSize]))
            }
        }
        batches.shuffle(using: &random)
        self.batches = batches
    }

    /// `ceil((length − window) / window) + 1`: windows of a sequence, the unfinished last one included.
    public static func windows(_ length: Int, _ windowSize: Int) -> Int {
        length <= windowSize ? 1 : (length - windowSize + windowSize - 1) / windowSize + 1
    }
}
