/// A cron expression of five fields — minute, hour, day of month, month, day of week — as Vixie cron reads it.
///
/// A field is `*`, a number, a range `a-b`, a step `*/n` or `a-b/n`, or a list of those; months and days of the
/// week may be named by three letters; Sunday is 0 or 7. `@yearly`, `@annually`, `@monthly`, `@weekly`, `@daily`,
/// `@midnight` and `@hourly`, in any case, stand for whole expressions. When the day of month and the day of week are
/// both restricted, a day that satisfies *either* matches; when one of them starts with `*`, both must.
public struct CronExpression: Sendable, Hashable {
    /// The expression as it was written, with single spaces; a name such as `@daily` in lower case.
    public let text: String
    /// The matching minutes, 0…59.
    let minutes: CronField
    /// The matching hours, 0…23.
    let hours: CronField
    /// The matching days of the month, 1…31.
    let days: CronField
    /// The matching months, 1…12.
    let months: CronField
    /// The matching days of the week, 0…6 from Sunday.
    let weekdays: CronField

    /// Reads an expression.
    /// - Throws: ``PipelinesError`` of code `badConfiguration` that names the field, what it holds, and what it may.
    public init(_ text: String) throws(PipelinesError) {
        var words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        // cron itself knows these names in lower case only; what is emitted for it must be in its spelling.
        if words.count == 1, words[0].hasPrefix("@") { words = [words[0].lowercased()] }
        self.text = words.joined(separator: " ")
        if words.count == 1, let macro = words.first, macro.hasPrefix("@") {
            guard let expansion = Self.macros[macro] else {
                let known = Self.macros.keys.sorted()
                let nearest = NearestName.of(macro, among: known).map { "; did you mean '\($0)'?" } ?? ""
                throw PipelinesError(
                    .badConfiguration,
                    "unknown cron macro '\(macro.prefix(40))', expected \(known.joined(separator: ", "))\(nearest)"
                )
            }
            words = expansion.split(separator: " ").map(String.init)
        }
        guard words.count == 5 else {
            throw PipelinesError(
                .badConfiguration,
                "a cron expression has 5 fields (minute hour day month weekday), found \(words.count)")
        }
        minutes = try CronField(words[0], .minute)
        hours = try CronField(words[1], .hour)
        days = try CronField(words[2], .day)
        months = try CronField(words[3], .month)
        weekdays = try CronField(words[4], .weekday)
        guard matchesSomeDay else {
            throw PipelinesError(
                .badConfiguration, "the cron expression '\(self.text)' names a day that no month in it has")
        }
    }

    /// Every day at midnight: `0 0 * * *`.
    public static let daily = CronExpression(minute: 0, hour: 0)

    /// Every day at a time of day, 0…23 and 0…59.
    private init(minute: Int, hour: Int) {
        text = "\(minute) \(hour) * * *"
        minutes = CronField(value: minute)
        hours = CronField(value: hour)
        days = CronField(every: .day)
        months = CronField(every: .month)
        weekdays = CronField(every: .weekday)
    }

    /// Whether the hour or the minute starts with `*`; such a job keeps to real time when the clocks change.
    public var keepsRealTime: Bool { minutes.startsWithStar || hours.startsWithStar }

    /// Whether the job runs on a day of the calendar.
    func matches(month: Int, day: Int, weekday: Int) -> Bool {
        guard months.contains(month) else { return false }
        let dayMatches = days.contains(day)
        let weekdayMatches = weekdays.contains(weekday)
        return days.startsWithStar || weekdays.startsWithStar
            ? dayMatches && weekdayMatches : dayMatches || weekdayMatches
    }

    private var matchesSomeDay: Bool {
        if !weekdays.startsWithStar, !days.startsWithStar { return true }
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains { month in
            months.contains(month) && (1...longest[month - 1]).contains { days.contains($0) }
        }
    }

    private static let macros = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
}

extension CronExpression: CustomStringConvertible {
    public var description: String { text }
}
