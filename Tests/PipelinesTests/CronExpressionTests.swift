import Testing

@testable import Pipelines

@Suite struct CronExpressionTests {
    @Test func fieldsAreRead() throws {
        let cron = try CronExpression("*/15  2-4,22 1,15-17 jan-MAR,12 mon-fri/2")
        #expect((0...59).filter(cron.minutes.contains) == [0, 15, 30, 45])
        #expect((0...23).filter(cron.hours.contains) == [2, 3, 4, 22])
        #expect((1...31).filter(cron.days.contains) == [1, 15, 16, 17])
        #expect((1...12).filter(cron.months.contains) == [1, 2, 3, 12])
        #expect((0...6).filter(cron.weekdays.contains) == [1, 3, 5])
        #expect(cron.text == "*/15 2-4,22 1,15-17 jan-MAR,12 mon-fri/2")
        #expect(cron.keepsRealTime)
    }

    @Test func sundayHasTwoNumbers() throws {
        #expect(try CronExpression("0 0 * * 7").weekdays == CronExpression("0 0 * * 0").weekdays)
        #expect(try (0...6).filter(CronExpression("0 0 * * 5-7").weekdays.contains) == [0, 5, 6])
    }

    @Test(arguments: [
        ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@Midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"),
    ])
    func macrosStandForExpressions(_ macro: String, _ text: String) throws {
        let (one, other) = (try CronExpression(macro), try CronExpression(text))
        #expect(one.minutes == other.minutes && one.hours == other.hours && one.days == other.days)
        #expect(one.months == other.months && one.weekdays == other.weekdays)
    }

    @Test func aDayMatchesEitherFieldUnlessOneStartsWithAStar() throws {
        let either = try CronExpression("0 0 13 * 5")
        #expect(
            either.matches(month: 1, day: 13, weekday: 2) && either.matches(month: 1, day: 12, weekday: 5))
        let both = try CronExpression("0 0 */2 * 5")
        #expect(both.matches(month: 1, day: 13, weekday: 5) && !both.matches(month: 1, day: 13, weekday: 2))
    }

    @Test(arguments: [
        ("60 * * * *", "'minute' holds '60'"), ("* 24 * * *", "'hour'"), ("* * 0 * *", "'day of month'"),
        ("* * * 13 *", "'month'"), ("* * * foo *", "or jan, feb"), ("* * * * 8", "'day of week'"),
        ("*/0 * * * *", "a step from 1 to 59"), ("*/x * * * *", "a step"),
        ("5/15 * * * *", "a step after '*'"),
        ("9-5 * * * *", "a range"), ("1,,2 * * * *", "holds ''"), ("-1 * * * *", "'minute'"), ("", "found 0"),
        ("0 0 30 2 *", "names a day that no month in it has"), ("0 0 31 4,6 *", "no month"),
        ("@reboot", "unknown cron macro"),
        ("* * * * * *", "found 6"), ("99999999999999999999 * * * *", "'minute'"), ("１ * * * *", "'minute'"),
    ])
    func mistakesAreNamed(_ text: String, _ message: String) {
        let error = #expect(throws: PipelinesError.self) { try CronExpression(text) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func theCalendarAgreesWithItself() {
        for day in stride(from: -200_000, to: 200_000, by: 37) {
            let date = CivilTime.date(ofDay: day)
            #expect(CivilTime.day(year: date.year, month: date.month, day: date.day) == day)
        }
        #expect(UnixTime(1_774_746_000).description == "2026-03-29T01:00:00Z")
        #expect(CivilTime(localSeconds: 0).weekday == 4)
        #expect(UnixTime(-1).description == "1969-12-31T23:59:59Z")
    }
}
