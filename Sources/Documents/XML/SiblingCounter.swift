/// Counts equally named siblings, for the places in element paths.
struct SiblingCounter {
    private var counters: [(name: UInt32, count: Int)] = []
    /// Where the counters of each open element's children start; the document's first.
    private var starts: [Int] = [0]
    /// Counts of an earlier reading that go on, by level and written name.
    private var earlier: [Int: [String: Int]] = [:]

    init() {}

    /// Goes on with the counts that ``counts(_:)`` gave, inside as many elements.
    init(continuing counts: [[String: Int]]) {
        starts = Array(repeating: 0, count: max(counts.count, 1))
        for (level, names) in counts.enumerated() { earlier[level + 1] = names }
    }

    /// Enters an element; gives its place among its siblings of the same name, from 1.
    mutating func enter(_ name: UInt32, _ written: @autoclosure () -> String) -> Int {
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
        let before = earlier.isEmpty ? 0 : earlier[starts.count]?[written()] ?? 0
        // The rare names of an element with very many are not counted, so that no file makes this slow.
        if counters.count - start < 256 { counters.append((name, before + 1)) }
        return before + 1
    }

    mutating func leave() {
        if !earlier.isEmpty { earlier[starts.count] = nil }
        guard let start = starts.popLast() else { return }
        counters.removeLast(counters.count - start)
    }

    /// The counts of the children of every open element, the document first.
    func counts(_ written: (UInt32) -> String) -> [[String: Int]] {
        starts.indices.map { level in
            let end = level + 1 < starts.count ? starts[level + 1] : counters.count
            var names = earlier[level + 1] ?? [:]
            for counter in counters[starts[level]..<end] { names[written(counter.name)] = counter.count }
            return names
        }
    }
}
