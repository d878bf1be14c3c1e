/// Counts equally named siblings, for the places in element paths.
struct SiblingCounter {
    private var counters: [(name: UInt32, count: Int)] = []
    /// Where the counters of each open element's children start.
    private var starts: [Int] = [0]

    /// Enters an element; gives its place among its siblings of the same name, from 1.
    mutating func enter(_ name: UInt32) -> Int {
        defer { starts.append(counters.count) }
        let start = starts[starts.count - 1]
        var at = counters.count - 1
        while at >= start {
            if counters[at].name == name {
                counters[at].count += 1
                return counters[at].count
            }
            at -= 1
        }
        // The rare names of an element with very many are not counted, so that no file makes this slow.
        if counters.count - start < 256 { counters.append((name, 1)) }
        return 1
    }

    mutating func leave() {
        guard let start = starts.popLast() else { return }
        counters.removeLast(counters.count - start)
    }
}
