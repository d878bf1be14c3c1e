/// Tells between which neighbouring units no merge can ever reach, so that a piece may be cut there.
///
/// A merge of tokens A and B brings the last unit of A and the first unit of B together. Where two neighbouring
/// units are such a pair of no merge, they stay in different tokens, and the parts on both sides are tokenized
/// as if they stood alone. This is exact, and it turns the long pieces of unsplit text into short ones.
struct JointTable: Sendable {
    private let joints: PairTable
    /// For byte-level models with a complete alphabet: whether byte pairs join, by `first << 8 | second`.
    private let byteJoints: [Bool]
    /// False if some token can begin or end with different units; then nothing is cut.
    private let canCut: Bool

    /// Follows the merges from the tokens that units start as.
    init(merges: MergeTable, initial: [Int32], idBound: Int, byteUnits: [Int32]) {
        var edges = TokenEdges(initial: initial, idBound: idBound)
        edges.follow(merges)
        var joints = PairTable(capacity: 1024)
        for pair in merges.pairs {
            let last = edges.last[Int(pair.left)]
            let first = edges.first[Int(pair.right)]
            if last >= 0, first >= 0 { joints[last, first] = 1 }
        }
        self.joints = joints
        canCut = edges.areUnique
        if edges.areUnique, !byteUnits.isEmpty, !byteUnits.contains(-1) {
            var byteJoints = [Bool](repeating: false, count: 1 << 16)
            for first in 0..<256 {
                for second in 0..<256 where joints[byteUnits[first], byteUnits[second]] == 1 {
                    byteJoints[first << 8 | second] = true
                }
            }
            self.byteJoints = byteJoints
        } else {
            byteJoints = []
        }
    }

    /// Whether the byte table may be asked.
    var knowsBytes: Bool { !byteJoints.isEmpty }

    /// Whether two neighbouring bytes may join.
    @inline(__always)
    func joins(byte first: UInt8, _ second: UInt8) -> Bool { byteJoints[Int(first) << 8 | Int(second)] }

    /// Whether two neighbouring units, given as the tokens they start as, may join.
    @inline(__always)
    func joins(_ first: Int32, _ second: Int32) -> Bool { !canCut || joints[first, second] == 1 }
}

/// The first and last unit of every token that merges can make.
private struct TokenEdges {
    var first: [Int32]
    var last: [Int32]
    var areUnique = true

    init(initial: [Int32], idBound: Int) {
        first = [Int32](repeating: -1, count: idBound)
        last = first
        for id in initial {
            first[Int(id)] = id
            last[Int(id)] = id
        }
    }

    /// Repeats until nothing changes: files list parts before wholes, so one pass and a check do for most.
    mutating func follow(_ merges: MergeTable) {
        for _ in 0..<64 {
            var changed = false
            for (rank, pair) in merges.pairs.enumerated() {
                let begin = first[Int(pair.left)]
                let end = last[Int(pair.right)]
                guard begin >= 0, end >= 0 else { continue }
                let result = Int(merges.results[rank])
                if first[result] < 0 {
                    first[result] = begin
                    last[result] = end
                    changed = true
                } else if first[result] != begin || last[result] != end {
                    areUnique = false
                    return
                }
            }
            if !changed { return }
        }
        areUnique = false
    }
}
