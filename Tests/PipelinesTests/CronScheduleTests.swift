import Foundation
import Testing

@testable import Pipelines

@Suite struct CronScheduleTests {
    /// The starts of an expression in [`begin`, `end`), in UTC.
    private func starts(_ text: String, _ zone: String, _ begin: String, _ end: String) throws -> [String] {
        let schedule = try CronSchedule(CronExpression(text), zone: zone)
        var time = try #require(moment(begin)) - .seconds(1)
        let last = try #require(moment(end))
        var found: [String] = []
        while let next = schedule.next(after: time), next < last {
            found.append(String(next.description.dropLast(4)))
            time = next
        }
        return found
    }

    private func moment(_ text: String) -> UnixTime? {
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 5 else { return nil }
        let day = CivilTime.day(year: numbers[0], month: numbers[1], day: numbers[2])
        return UnixTime(day * 86_400 + numbers[3] * 3_600 + numbers[4] * 60)
    }

    @Test func aSkippedTimeStartsRightAfterTheGap() throws {
        // Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC.
        #expect(
            try starts("30 2 * * *", "Europe/Berlin", "2026-03-28 00:00", "2026-03-31 00:00")
                == ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"])
        #expect(
            try starts("10,40 2 * * *", "Europe/Berlin", "2026-03-29 00:00", "2026-03-30 00:00")
                == ["2026-03-29T01:00"])
        #expect(
            try starts("0 2,3 * * *", "Europe/Berlin", "2026-03-29 00:00", "2026-03-30 00:00") == [
                "2026-03-29T01:00"
            ])
    }

    @Test func aStartInTheGapIsFoundFromTheMomentBefore() throws {
        let schedule = try CronSchedule(CronExpression("30 2 * * *"), zone: "Europe/Berlin")
        let change = try #require(moment("2026-03-29 01:00"))
        for earlier in [1, 59, 60, 1_800, 3_600] {
            #expect(schedule.next(after: change - .seconds(earlier)) == change)
        }
        #expect(schedule.next(after: change) == moment("2026-03-30 00:30"))
    }

    @Test func aRepeatedTimeStartsOnce() throws {
        // Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
        #expect(
            try starts("30 2 * * *", "Europe/Berlin", "2026-10-25 00:00", "2026-10-26 12:00")
                == ["2026-10-25T00:30", "2026-10-26T01:30"])
        #expect(
            try starts("0 2,3 * * *", "Europe/Berlin", "2026-10-25 00:00", "2026-10-25 12:00")
                == ["2026-10-25T00:00", "2026-10-25T02:00"])
    }

    @Test func aJobOfEveryHourKeepsToRealTime() throws {
        #expect(
            try starts("30 * * * *", "Europe/Berlin", "2026-10-24 23:00", "2026-10-25 04:00")
                == (["23", "00", "01", "02", "03"].map { "2026-10-2\($0 == "23" ? 4 : 5)T\($0):30" }))
        #expect(
            try starts("30 * * * *", "Europe/Berlin", "2026-03-29 00:00", "2026-03-29 03:00")
                == ["2026-03-29T00:30", "2026-03-29T01:30", "2026-03-29T02:30"])
        #expect(
            try starts("*/20 2 * * *", "Europe/Berlin", "2026-10-25 00:00", "2026-10-25 03:00")
                == ["00:00", "00:20", "00:40", "01:00", "01:20", "01:40"].map { "2026-10-25T\($0)" })
        #expect(try starts("*/20 2 * * *", "Europe/Berlin", "2026-03-29 00:00", "2026-03-29 23:00") == [])
    }

    @Test func halfHourShiftsAndMissingDaysAreExact() throws {
        // Lord Howe Island moves by half an hour: 02:00 becomes 02:30 on 4 October 2026, at 15:30 UTC.
        #expect(
            try starts("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00", "2026-10-04 20:00")
                == ["2026-10-03T15:30", "2026-10-04T15:15"])
        // Samoa left out 30 December 2011 when it crossed the date line.
        #expect(
            try starts("0 6 * * *", "Pacific/Apia", "2011-12-29 00:00", "2012-01-01 00:00")
                == ["2011-12-29T16:00", "2011-12-30T10:00", "2011-12-30T16:00", "2011-12-31T16:00"])
    }

    @Test func leapDaysAreFound() throws {
        #expect(
            try starts("0 0 29 2 *", "UTC", "2026-01-01 00:00", "2033-01-01 00:00")
                == ["2028-02-29T00:00", "2032-02-29T00:00"])
        #expect(
            try starts("0 12 29 2 */7", "UTC", "2026-01-01 00:00", "2061-01-01 00:00")
                == ["2032-02-29T12:00", "2060-02-29T12:00"])
    }

    @Test func theLastStartIsFound() throws {
        let schedule = try CronSchedule(CronExpression("0 0 1 1 *"), zone: "UTC")
        let now = try #require(moment("2026-11-21 00:00"))
        #expect(schedule.last(upTo: now, after: UnixTime(0)) == moment("2026-01-01 00:00"))
        #expect(schedule.last(upTo: now, after: now - .seconds(86_400)) == nil)
        #expect(schedule.last(upTo: now, after: now) == nil)
    }

    /// Walks through a year minute by minute, as a daemon with a clock on the wall would, and compares.
    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
    func aYearMatchesADaemonThatWatchesTheClock(_ zone: String) throws {
        let begin = try #require(moment("2026-01-01 00:00")).seconds
        let end = begin + 365 * 86_400
        let daemon = try WallClockDaemon(zone: zone, begin: begin, end: end)
        for text in [
            "30 2 * * *", "0 0 * * *", "*/20 1-3 * * *", "0,15,45 2 * * 0", "5 * * * *", "59 1,2,3 */2 * 1-5",
        ] {
            let cron = try CronExpression(text)
            let schedule = try CronSchedule(cron, zone: zone)
            let expected = daemon.starts(cron)
            var found: [Int] = []
            var time = UnixTime(begin - 1)
            while let next = schedule.next(after: time), next.seconds < end {
                found.append(next.seconds)
                time = next
            }
            #expect(
                found == expected,
                "\(text) in \(zone): first difference at \(firstDifference(found, expected))")
        }
    }

    private func firstDifference(_ one: [Int], _ other: [Int]) -> String {
        Set(one).symmetricDifference(other).min().map { UnixTime($0).description } ?? "none"
    }
}
