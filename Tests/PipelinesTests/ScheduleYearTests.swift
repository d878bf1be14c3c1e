import Foundation
import Testing

@testable import Pipelines

/// A year with both changes of the clock, times when the machine was off and runs that took too long, against a plain
/// model of the rules.
@Suite struct ScheduleYearTests {
    private struct Start: Hashable, CustomStringConvertible {
        var minute: Int
        var isMadeUp: Bool
        var description: String { UnixTime(minute * 60).description + (isMadeUp ? " made up" : "") }
    }

    private let begin = CivilTime.day(year: 2026, month: 1, day: 1) * 1_440
    private let end = CivilTime.day(year: 2027, month: 1, day: 1) * 1_440

    /// When the machine goes off, and for how many minutes: across each change of the clock, among others.
    private func pauses() -> [(minute: Int, length: Int)] {
        [
            (1, 20, 600), (3, 8, 1_000), (3, 28, 2_200), (4, 4, 2_000), (6, 1, 11), (7, 14, 9_000),
            (10, 3, 2_500),
            (10, 24, 1_700), (11, 1, 400), (12, 24, 4_000),
        ].map { month, day, length in
            (CivilTime.day(year: 2026, month: month, day: day) * 1_440 + 1_003, length)
        }
    }

    /// How long the `number`th run takes: every seventh runs into the next start, every fiftieth into several.
    private func duration(_ number: Int, interval: Int) -> Int {
        if number % 50 == 49 { return interval * 5 / 2 }
        return number % 7 == 6 ? interval + interval / 4 : interval / 5
    }

    /// The starts by the rules in words, at each minute in which something may happen.
    private func model(_ due: [Int], _ settings: ScheduleSettings, interval: Int) -> [Start] {
        var found: [Start] = []
        var waiting: [Bool] = []
        var runEnd: Int?
        var pauses = pauses()[...]
        var minute = begin
        var missed: [Int] = []
        var rest = due[...]
        while minute < end {
            if runEnd == minute { runEnd = nil }
            if let pause = pauses.first, pause.minute <= minute, runEnd == nil, waiting.isEmpty {
                pauses.removeFirst()
                missed = rest.filter { (minute..<minute + pause.length).contains($0) }
                minute += pause.length
            }
            rest = rest.drop { $0 < minute }
            let isDue = rest.first == minute && minute > begin
            if !missed.isEmpty {
                switch settings.missed {
                case .skip: break
                case .runOnce: if !isDue { waiting.append(true) }
                case .runAll: waiting += missed.map { _ in true }
                }
                missed = []
            }
            if isDue { waiting.append(false) }
            if runEnd == nil, !waiting.isEmpty {
                let isMadeUp = waiting.removeFirst()
                runEnd = minute + duration(found.count, interval: interval)
                found.append(Start(minute: minute, isMadeUp: isMadeUp))
            }
            if settings.overlap == .skip { waiting.removeAll { !$0 } }
            let next = [rest.first { $0 > minute }, runEnd, pauses.first.map { max($0.minute, minute + 1) }]
            minute = next.compactMap { $0 }.min() ?? end
        }
        return found
    }

    /// The starts of the engine, which wakes when it asks to, and is written and read at each pause.
    private func engine(_ settings: ScheduleSettings, interval: Int) throws -> [Start] {
        let pipeline = try ScheduledPipeline(name: "p", settings: settings)
        var engine = try ScheduleEngine(
            [pipeline], state: ScheduleState(), seed: 1, now: UnixTime(begin * 60))
        var found: [Start] = []
        var runEnd: Int?
        var pauses = pauses()[...]
        var minute = begin
        while minute < end {
            if runEnd == minute {
                engine.finished("p", .succeeded, at: UnixTime(minute * 60))
                runEnd = nil
            }
            if let pause = pauses.first, pause.minute <= minute, runEnd == nil,
                engine.state.entries["p"]?.waiting.isEmpty != false
            {
                pauses.removeFirst()
                minute += pause.length
                let state = try JSONDecoder().decode(
                    ScheduleState.self, from: JSONEncoder().encode(engine.state))
                engine = try ScheduleEngine([pipeline], state: state, seed: 1, now: UnixTime(minute * 60))
            }
            for start in engine.starts(at: UnixTime(minute * 60)) {
                runEnd = minute + duration(found.count, interval: interval)
                found.append(Start(minute: minute, isMadeUp: start.reason == .missed))
            }
            let wake = engine.nextWake(after: UnixTime(minute * 60)).map { ($0.seconds + 59) / 60 }
            let next = [wake, runEnd, pauses.first.map { max($0.minute, minute + 1) }].compactMap { $0 }.min()
            minute = max(next ?? end, minute + 1)
        }
        return found
    }

    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Sydney"])
    func exactlyTheExpectedStarts(_ zone: String) throws {
        let daemon = try WallClockDaemon(zone: zone, begin: begin * 60, end: (end + 10) * 60)
        for (text, interval) in [("30 2 * * *", 1_440), ("30 1,2,14 * * *", 480), ("15 */2 * * *", 120)] {
            let cron = try CronExpression(text)
            let due = daemon.starts(cron).map { $0 / 60 }
            for missed in ScheduleSettings.MissedPolicy.allCases {
                for overlap in ScheduleSettings.OverlapPolicy.allCases {
                    var settings = ScheduleSettings(cron: cron)
                    settings.zone = zone
                    settings.missed = missed
                    settings.overlap = overlap
                    let expected = model(due, settings, interval: interval)
                    let found = try engine(settings, interval: interval)
                    let difference = Set(found).symmetricDifference(expected).min { $0.minute < $1.minute }
                    #expect(
                        found == expected,
                        "\(text) in \(zone), \(missed), \(overlap): first difference \(String(describing: difference))"
                    )
                    #expect(found.contains(where: \.isMadeUp) == (missed != .skip))
                    #expect(found.count > due.count / 2)
                }
            }
        }
    }
}
