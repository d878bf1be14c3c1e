import Foundation

/// The starts that a cron expression gives in a time zone, exact over changes of the clocks.
///
/// As in Vixie cron, an expression whose minute or hour starts with `*` keeps to real time: it starts whenever the
/// clock on the wall matches, twice in an hour that repeats and never in one that is skipped. Any other expression
/// means a time of day: what the clocks skip starts once, at the first moment after the gap, and what they repeat
/// starts the first time only.
public struct CronSchedule: Sendable, Hashable {
    /// The times of day and days that match.
    public let expression: CronExpression
    /// The IANA name of the time zone.
    public let zone: String
    private let timeZone: TimeZone

    /// Creates a schedule.
    /// - Throws: ``PipelinesError`` of code `badConfiguration` when there is no such time zone.
    public init(_ expression: CronExpression, zone: String) throws(PipelinesError) {
        guard let timeZone = TimeZone(identifier: zone) else {
            throw PipelinesError(.badConfiguration, "unknown time zone '\(zone)', expected an IANA name")
        }
        self.expression = expression
        self.zone = zone
        self.timeZone = timeZone
    }

    /// Returns the first start after `time`; nil when there is none in the next hundred years.
    public func next(after time: UnixTime) -> UnixTime? {
        var current = time.seconds + 1
        var offset = offset(at: current)
        // Wall time before this has been lived through already, on the far side of a change back.
        var firstNew = Int.min
        if !expression.keepsRealTime, let change = change(after: current - Self.longestShift, to: current) {
            if change.time == current, startsInGap(change) { return UnixTime(current) }
            firstNew = change.time + change.before
        }
        let limit = current + 100 * 366 * 86_400
        while current < limit {
            guard let wall = nextWallTime(from: max(current + offset, firstNew)) else { return nil }
            let candidate = wall - offset
            guard let change = change(after: current, to: candidate) else { return UnixTime(candidate) }
            if !expression.keepsRealTime {
                if startsInGap(change) { return UnixTime(change.time) }
                firstNew = change.time + change.before
            }
            current = change.time
            offset = change.after
        }
        return nil
    }

    /// Returns the last start that is not after `time` and is after `earliest`, if any.
    public func last(upTo time: UnixTime, after earliest: UnixTime) -> UnixTime? {
        guard earliest < time else { return nil }
        var span = 3_600
        while true {
            let begin = max(earliest.seconds, time.seconds - span)
            var found: UnixTime?
            var start = next(after: UnixTime(begin))
            while let candidate = start, candidate <= time {
                found = candidate
                start = next(after: candidate)
            }
            if found != nil || begin == earliest.seconds { return found }
            span *= 24
        }
    }

    /// Whether the wall time that a change skips matches somewhere.
    private func startsInGap(_ change: Change) -> Bool {
        guard let skipped = nextWallTime(from: change.time + change.before) else { return false }
        return skipped < change.time + change.after
    }

    /// Returns the first matching wall time from `local` on, in seconds of the wall clock since 1970.
    private func nextWallTime(from local: Int) -> Int? {
        let minute = CivilTime.floorDivide(local + 59, 60)
        var day = CivilTime.floorDivide(minute, 1_440)
        var minuteOfDay = minute - day * 1_440
        let lastDay = day + 100 * 366
        while day <= lastDay {
            let date = CivilTime.date(ofDay: day)
            if !expression.months.contains(date.month) {
                day =
                    date.month == 12
                    ? CivilTime.day(year: date.year + 1, month: 1, day: 1)
                    : CivilTime.day(year: date.year, month: date.month + 1, day: 1)
                minuteOfDay = 0
                continue
            }
            let weekday = CivilTime.weekday(ofDay: day)
            if expression.matches(month: date.month, day: date.day, weekday: weekday),
                let match = nextMinute(from: minuteOfDay)
            {
                return (day * 1_440 + match) * 60
            }
            day += 1
            minuteOfDay = 0
        }
        return nil
    }

    /// Returns the first matching minute of a day from `minute` on.
    private func nextMinute(from minute: Int) -> Int? {
        let hour = minute / 60
        if expression.hours.contains(hour), let found = expression.minutes.first(from: minute % 60) {
            return hour * 60 + found
        }
        guard let laterHour = expression.hours.first(from: hour + 1),
            let first = expression.minutes.first(from: 0)
        else { return nil }
        return laterHour * 60 + first
    }

    /// A change of the offset from UTC: when, and the offsets on both sides, in seconds.
    private struct Change {
        let time: Int
        let before: Int
        let after: Int
    }

    /// No zone has moved its clocks by more than a day at once.
    private static let longestShift = 26 * 3_600

    private func offset(at time: Int) -> Int {
        timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(time)))
    }

    /// Returns the first change of the offset after `start` and not after `end`.
    private func change(after start: Int, to end: Int) -> Change? {
        var low = start
        var before = offset(at: low)
        while low < end {
            var high = min(low + 86_400, end)
            let after = offset(at: high)
            guard before != after else {
                low = high
                continue
            }
            while high - low > 1 {
                let middle = low + (high - low) / 2
                if offset(at: middle) == before { low = middle } else { high = middle }
            }
            before = offset(at: low)
            return Change(time: high, before: before, after: offset(at: high))
        }
        return nil
    }
}
