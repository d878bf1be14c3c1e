/// Durations as people write them: `500ms`, `90s`, `5m`, `2h`, `1d`, and sums such as `1h30m`.
public enum DurationText {
    /// Reads a duration, or returns nil when the text is none.
    ///
    /// Units must not repeat and come largest first. A bare `0` needs no unit. The result is zero or more and
    /// at most 3,650 days.
    public static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var rest = Substring(text)
        var total = 0
        var nextUnit = 0
        while !rest.isEmpty {
            guard let number = DecimalNumber(prefixOf: rest) else { return nil }
            let unit = number.rest.prefix { $0.isASCII && $0.isLetter }
            guard let index = units.firstIndex(where: { $0.name == unit }), index >= nextUnit,
                let part = number.scaled(by: units[index].milliseconds)
            else { return nil }
            let sum = total.addingReportingOverflow(part)
            guard !sum.overflow, sum.partialValue <= longest else { return nil }
            total = sum.partialValue
            nextUnit = index + 1
            rest = number.rest[unit.endIndex...].drop { $0 == " " }
        }
        return text.isEmpty ? nil : .milliseconds(total)
    }

    /// Writes a duration the way ``parse(_:)`` reads it, to the millisecond: `1h30m`, `90s` as `1m30s`.
    public static func string(_ duration: Duration) -> String {
        var rest = milliseconds(duration)
        guard rest > 0 else { return "0" }
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }

    /// The duration in whole milliseconds.
    static func milliseconds(_ duration: Duration) -> Int {
        let parts = duration.components
        return Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
    }

    private static let longest = 3_650 * 86_400_000

    private static let units: [(name: String, milliseconds: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]
}
