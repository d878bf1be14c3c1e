/// A date and time of day in the Gregorian calendar, without a time zone.
struct CivilTime: Sendable, Hashable {
    let year: Int
    /// 1…12.
    let month: Int
    /// 1…31.
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    /// 0…6 from Sunday.
    let weekday: Int

    /// The date and time so many seconds after 1970-01-01 00:00 of the same clock.
    init(localSeconds: Int) {
        let days = Self.floorDivide(localSeconds, 86_400)
        let rest = localSeconds - days * 86_400
        (year, month, day) = Self.date(ofDay: days)
        hour = rest / 3_600
        minute = rest % 3_600 / 60
        second = rest % 60
        weekday = Self.weekday(ofDay: days)
    }

    /// The day of the week, 0…6 from Sunday, of a day counted from 1970-01-01.
    static func weekday(ofDay days: Int) -> Int {
        let rest = (days + 4) % 7
        return rest < 0 ? rest + 7 : rest
    }

    /// The number of days from 1970-01-01 to a date.
    static func day(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The date of a day counted from 1970-01-01. Years begin in March here, so that leap days come last.
    static func date(ofDay days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    static func floorDivide(_ number: Int, _ divisor: Int) -> Int {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}

extension CivilTime: CustomStringConvertible {
    /// `2026-03-29T01:00:00`.
    var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(hour, 2)):"
            + "\(padded(minute, 2)):\(padded(second, 2))"
    }
}
