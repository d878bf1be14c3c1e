/// The words of a progress report.
struct ProgressText {
    let total: ProgressCounts
    let done: ProgressCounts
    let meter: RateMeter

    /// The report as one line for a log.
    var line: String {
        var parts = ["\(documents) documents", "\(HumanFormat.count(done.tokens)) tokens"]
        parts += details
        return parts.joined(separator: ", ")
    }

    /// The report as a bar of at most `width` columns: details at the end give way first.
    func bar(width: Int, color: Bool) -> String {
        let barWidth = min(30, width / 4)
        let filled = fraction.map { Int($0 * Double(barWidth)) } ?? 0
        let full = String(repeating: "#", count: filled)
        let empty = String(repeating: "-", count: barWidth - filled)
        var rest = " \(documents)"
        for detail in details where TextTable.width(rest) + 2 + detail.count + barWidth + 2 < width {
            rest += "  \(detail)"
        }
        let painted = color ? "\u{1B}[32m\(full)\u{1B}[0m" : full
        return "[\(painted)\(empty)]\(rest.prefix(max(0, width - barWidth - 3)))"
    }

    /// The finished share, by tokens where their number is known and by documents otherwise.
    private var fraction: Double? {
        if total.tokens > 0 { return min(1, Double(done.tokens) / Double(total.tokens)) }
        if total.documents > 0 { return min(1, Double(done.documents) / Double(total.documents)) }
        return nil
    }

    private var documents: String {
        let count = HumanFormat.count(done.documents)
        return total.documents > 0 ? "\(count)/\(HumanFormat.count(total.documents))" : count
    }

    private var details: [String] {
        let rate = meter.perSecond
        var parts: [String] = []
        if rate > 0 { parts.append("\(HumanFormat.rate(rate)) tokens/s") }
        if rate > 0, total.tokens > done.tokens {
            let seconds = min(Double(total.tokens - done.tokens) / rate, 1e9)
            parts.append("\(HumanFormat.duration(.seconds(seconds.rounded(.up)))) left")
        }
        if done.failures > 0 { parts.append("\(HumanFormat.count(done.failures)) failed") }
        if done.bytesSaved > 0 { parts.append("\(HumanFormat.bytes(done.bytesSaved)) saved") }
        return parts
    }
}
