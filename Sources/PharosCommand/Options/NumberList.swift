import ArgumentParser
import Evaluation

/// Integers as an option gives them: `1024,4096`, or `8192-131072/10` for ten at equal distances.
struct NumberList: ExpressibleByArgument, Sendable, Hashable {
    var values: [Int]

    init(_ values: [Int]) { self.values = values }

    var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }

    init?(argument: String) {
        values = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            if ends.count == 2 {
                let high = ends[1].split(separator: "/", omittingEmptySubsequences: false)
                guard high.count == 2, let from = Int(ends[0]), let to = Int(high[0]),
                    let count = Int(high[1]),
                    from >= 0, to >= from, to <= 1 << 30, (1...1000).contains(count)
                else { return nil }
                values += EvaluationGrid.spaced(from: from, to: to, count: count)
            } else {
                guard let value = Int(part), (0...(1 << 30)).contains(value) else { return nil }
                values.append(value)
            }
        }
    }

    /// The values, each once, which must lie within `range`.
    ///
    /// - Throws: `CommandError` of code `usage` that names the option and the value outside.
    func checked(_ option: String, in range: ClosedRange<Int>) throws -> [Int] {
        for value in values where !range.contains(value) {
            throw CommandError(
                .usage, "\(option) names \(value)",
                hint: "give numbers from \(range.lowerBound) to \(range.upperBound)")
        }
        var seen: Set<Int> = []
        return values.filter { seen.insert($0).inserted }
    }
}
