/// Finds the known name that a mistyped one most likely stands for.
public enum NearestName {
    /// Returns the candidate nearest to `name`, or nil when none is near enough to be worth suggesting.
    ///
    /// Distance counts insertions, deletions, substitutions and swapped neighbours, ignoring case and the
    /// difference between `-` and `_`. A candidate is near enough when fewer than half of its letters change
    /// (at most three), or when one name begins with the other. Ties go to the candidate listed first.
    public static func of(_ name: String, among candidates: [String]) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let wanted = folded(name)
        guard !wanted.isEmpty else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = folded(candidate)
            var distance = editDistance(wanted, other)
            let allowed = min(3, max(1, (other.count - 1) / 2))
            if distance > allowed {
                let shorter = min(wanted.count, other.count)
                guard shorter >= 3, wanted.starts(with: other) || other.starts(with: wanted) else { continue }
                distance = 4
            }
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func folded(_ name: String) -> [Character] {
        name.lowercased().map { $0 == "_" ? "-" : $0 }
    }

    /// Returns the optimal string alignment distance: edits and swaps of neighbours, none of them twice.
    private static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforePrevious = [Int](repeating: 0, count: b.count + 1)
        var previous = Array(0...b.count)
        var current = previous
        for i in 1...a.count {
            current[0] = i
            for j in 1...b.count {
                let substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                current[j] = min(substitution, previous[j] + 1, current[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    current[j] = min(current[j], beforePrevious[j - 2] + 1)
                }
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
