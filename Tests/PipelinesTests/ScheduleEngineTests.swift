import Foundation
import Testing

@testable import Pipelines

@Suite struct ScheduleEngineTests {
    /// 1 June 2026, 00:00 UTC.
    private let midnight = UnixTime(CivilTime.day(year: 2026, month: 6, day: 1) * 86_400)

    private func pipeline(
        _ cron: String, name: String = "p", _ change: (inout ScheduleSettings) -> Void = { _ in }
    ) throws -> ScheduledPipeline {
        var settings = ScheduleSettings(cron: try CronExpression(cron))
        change(&settings)
        return try ScheduledPipeline(name: name, settings: settings)
    }

    private func engine(
        _ pipeline: ScheduledPipeline, state: ScheduleState = ScheduleState(), at now: UnixTime
    ) throws -> ScheduleEngine {
        try ScheduleEngine([pipeline], state: state, seed: 7, now: now)
    }

    private func minutes(_ count: Int) -> UnixTime { midnight + .seconds(count * 60) }

    /// Drives an engine by its own wake times, each run taking `minutes`, and returns the starts in minutes.
    private func drive(_ engine: inout ScheduleEngine, to end: UnixTime, runMinutes: Int) -> [Int] {
        var now = midnight
        var found: [Int] = []
        var ends: UnixTime?
        while now <= end {
            if let due = ends, due <= now {
                engine.finished("p", .succeeded, at: now)
                ends = nil
            }
            for start in engine.starts(at: now) {
                found.append((now.seconds - midnight.seconds) / 60)
                ends = now + .seconds(runMinutes * 60)
                #expect(start.notBefore <= now)
            }
            guard let wake = [engine.nextWake(after: now), ends].compactMap({ $0 }).min() else { break }
            now = max(wake, now + .seconds(1))
        }
        return found
    }

    @Test func startsComeOnTime() throws {
        var engine = try engine(pipeline("*/30 * * * *"), at: midnight)
        #expect(drive(&engine, to: minutes(95), runMinutes: 5) == [30, 60, 90])
    }

    @Test func anOverlappingStartIsSkippedOrWaits() throws {
        var skipping = try engine(pipeline("*/10 * * * *"), at: midnight)
        #expect(drive(&skipping, to: minutes(60), runMinutes: 15) == [10, 30, 50])
        #expect(
            skipping.state.history.filter { $0.kind == .overlapped }.map(\.scheduled) == [
                minutes(20), minutes(40), minutes(60),
            ])
        var queueing = try engine(pipeline("*/10 * * * *") { $0.overlap = .queue }, at: midnight)
        #expect(drive(&queueing, to: minutes(60), runMinutes: 15) == [10, 25, 40, 55])
    }

    @Test func missedStartsFollowThePolicy() throws {
        for (policy, expected) in [
            (ScheduleSettings.MissedPolicy.skip, []), (.runOnce, [minutes(180)]),
            (.runAll, [minutes(60), minutes(120), minutes(180)]),
        ] {
            let pipeline = try pipeline("0 * * * *") { $0.missed = policy }
            let before = try engine(pipeline, at: midnight)
            var after = try engine(pipeline, state: before.state, at: minutes(200))
            var found: [UnixTime] = []
            for minute in 200...203 {
                for start in after.starts(at: minutes(minute)) {
                    found.append(start.scheduled)
                    #expect(start.reason == .missed)
                    after.finished("p", .succeeded, at: minutes(minute))
                }
            }
            #expect(found == expected, "\(policy)")
            #expect(after.state.history.contains { $0.kind == .missed } == (policy == .skip))
        }
    }

    /// More than can wait are left out, and somebody is told how many.
    @Test func startsThatAreLeftOutAreCounted() throws {
        let pipeline = try pipeline("* * * * *") { $0.missed = .runAll }
        let before = try engine(pipeline, at: midnight)
        var after = try engine(pipeline, state: before.state, at: minutes(3_500))
        #expect(after.starts(at: minutes(3_500) + .seconds(30)).map(\.scheduled) == [minutes(2_501)])
        let events = after.takeLeftOut()
        #expect(events.map(\.count) == [2_500])
        #expect(events.map(\.scheduled) == [minutes(2_500)])
        #expect(after.takeLeftOut().isEmpty)
        #expect(after.state.history.filter { $0.kind == .leftOut } == events)
        // One run makes up for all of them.
        let once = try self.pipeline("* * * * *")
        var single = try engine(once, state: engine(once, at: midnight).state, at: minutes(3_500))
        _ = single.starts(at: minutes(3_500))
        #expect(single.takeLeftOut().isEmpty)
    }

    @Test func aStartThatIsDueMakesUpForMissedOnes() throws {
        let pipeline = try pipeline("0 * * * *")
        let before = try engine(pipeline, at: midnight)
        var after = try engine(pipeline, state: before.state, at: minutes(180))
        #expect(after.starts(at: minutes(180)).map(\.scheduled) == [minutes(180)])
        after.finished("p", .succeeded, at: minutes(181))
        #expect(after.starts(at: minutes(182)).isEmpty)
    }

    @Test func aNewPipelineAndAChangedOneHaveMissedNothing() throws {
        var fresh = try engine(pipeline("0 * * * *"), at: minutes(200))
        #expect(fresh.starts(at: minutes(200)).isEmpty)
        var changed = try engine(pipeline("30 * * * *"), state: fresh.state, at: minutes(1000))
        #expect(changed.starts(at: minutes(1000)).isEmpty)
        #expect(changed.nextWake(after: minutes(1000)) == minutes(1050))
    }

    @Test func aFailedRunIsTriedAgainWithLongerWaits() throws {
        let pipeline = try pipeline("0 12 * * *") {
            $0.retries = 3
            $0.retryDelay = .seconds(60)
        }
        var engine = try engine(pipeline, at: midnight)
        var now = minutes(720)
        var found: [Int] = []
        while now < minutes(800) {
            for start in engine.starts(at: now) {
                found.append((now.seconds - midnight.seconds) / 60)
                #expect(start.attempt == found.count)
                #expect(start.scheduled == minutes(720))
                engine.finished("p", found.count == 2 ? .timedOut : .failed, at: now)
            }
            now = try #require(engine.nextWake(after: now + .seconds(1)))
        }
        #expect(found == [720, 721, 723, 727])
        #expect(
            engine.state.history.map(\.kind.rawValue) == [
                "started", "failed", "retrying", "started", "timed-out", "retrying", "started", "failed",
                "retrying",
                "started", "failed",
            ])
    }

    @Test func aRefusedRunIsNotTriedAgain() throws {
        var engine = try engine(pipeline("0 * * * *") { $0.retries = 3 }, at: midnight)
        #expect(engine.starts(at: minutes(60)).count == 1)
        engine.finished("p", .refused, at: minutes(61))
        #expect(engine.nextWake(after: minutes(61)) == minutes(120))
    }

    @Test func aNewStartReplacesAWaitingRetry() throws {
        let pipeline = try pipeline("0 * * * *") {
            $0.retries = 5
            $0.retryDelay = .seconds(3_000)
        }
        var engine = try engine(pipeline, at: midnight)
        _ = engine.starts(at: minutes(60))
        engine.finished("p", .failed, at: minutes(115))
        #expect(engine.starts(at: minutes(120)).map(\.attempt) == [1])
        engine.finished("p", .succeeded, at: minutes(121))
        #expect(engine.starts(at: minutes(179)).isEmpty)
    }

    @Test func aTimeoutIsReported() throws {
        var engine = try engine(pipeline("0 * * * *") { $0.timeout = .seconds(600) }, at: midnight)
        _ = engine.starts(at: minutes(60))
        // Nothing counts before the work has begun.
        #expect(engine.overdue(at: minutes(90)).isEmpty)
        #expect(engine.nextWake(after: minutes(61)) == minutes(120))
        engine.began("p", at: minutes(60))
        #expect(engine.overdue(at: minutes(69)).isEmpty)
        #expect(engine.nextWake(after: minutes(61)) == minutes(70))
        #expect(engine.overdue(at: minutes(70)) == ["p"])
    }

    /// A clock that was far ahead and is set right holds nothing back, neither at once nor after a restart; one that is
    /// set back a little has no start dealt with twice.
    @Test(arguments: [false, true]) func aClockThatIsSetBackHoldsNothingBack(_ restarts: Bool) throws {
        let pipeline = try pipeline("0 * * * *") {
            $0.retries = 3
            $0.timeout = .seconds(600)
        }
        let ahead = 60 * 24 * 1500
        var engine = try engine(pipeline, at: minutes(ahead))
        #expect(engine.starts(at: minutes(ahead + 60)).count == 1)
        engine.finished("p", .failed, at: minutes(ahead + 61))
        if restarts { engine = try self.engine(pipeline, state: engine.state, at: minutes(90)) }
        #expect(engine.starts(at: minutes(90)).map(\.reason) == [.retry])
        engine.began("p", at: minutes(90))
        engine.finished("p", .succeeded, at: minutes(95))
        #expect(engine.nextWake(after: minutes(95)) == minutes(120))
        #expect(engine.starts(at: minutes(120)).map(\.scheduled) == [minutes(120)])
        engine.began("p", at: minutes(120))
        engine.finished("p", .succeeded, at: minutes(121))
        #expect(engine.starts(at: minutes(100)).isEmpty)
        #expect(engine.starts(at: minutes(120)).isEmpty)
        #expect(engine.starts(at: minutes(180)).map(\.scheduled) == [minutes(180)])
    }

    /// Starts that jitter delayed to a time that has not come are planned anew.
    @Test func delayedStartsAreForgottenWithTheirClock() throws {
        let pipeline = try pipeline("0 * * * *") { $0.jitter = .seconds(3_000) }
        let ahead = 60 * 24 * 1500
        var engine = try engine(pipeline, at: minutes(ahead))
        var hour = 1
        while engine.state.entries["p"]?.waiting.isEmpty == true, hour < 50 {
            for _ in engine.starts(at: minutes(ahead + hour * 60)) {
                engine.finished("p", .succeeded, at: minutes(ahead + hour * 60))
            }
            hour += 1
        }
        #expect(engine.state.entries["p"]?.waiting.count == 1)
        #expect(engine.starts(at: minutes(1)).isEmpty)
        #expect(engine.state.entries["p"]?.waiting.isEmpty == true)
        #expect(engine.nextWake(after: minutes(1)) == minutes(60))
    }

    @Test func jitterDependsOnSeedNameAndTimeAlone() throws {
        let pipeline = try pipeline("0 * * * *") { $0.jitter = .seconds(600) }
        let delays = (0..<200).map { pipeline.delay(at: minutes($0 * 60), seed: 7) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 <= .seconds(600) })
        #expect(Set(delays).count > 100)
        #expect(delays == (0..<200).map { pipeline.delay(at: minutes($0 * 60), seed: 7) })
        #expect(delays != (0..<200).map { pipeline.delay(at: minutes($0 * 60), seed: 8) })
        var engine = try engine(pipeline, at: midnight)
        let found = drive(&engine, to: minutes(24 * 60), runMinutes: 1)
        #expect(found.count == 23 || found.count == 24)
        for (index, minute) in found.enumerated() { #expect((0...10).contains(minute - (index + 1) * 60)) }
    }

    @Test func aDelayedStartSurvivesARestart() throws {
        let pipeline = try pipeline("0 12 * * *") { $0.jitter = .seconds(3_600) }
        let delay = pipeline.delay(at: minutes(720), seed: 7)
        try #require(delay > .seconds(300), "the seed gives a delay to wait for")
        var before = try engine(pipeline, at: midnight)
        #expect(before.starts(at: minutes(720)).isEmpty)
        var after = try engine(pipeline, state: before.state, at: minutes(722))
        #expect(after.nextWake(after: minutes(722)) == minutes(720) + delay)
        #expect(after.starts(at: minutes(720) + delay).map(\.reason) == [.scheduled])
        var late = try engine(pipeline, state: before.state, at: minutes(900))
        #expect(late.starts(at: minutes(900)).map(\.reason) == [.missed])
    }

    @Test func anInterruptedRunIsTakenUpAgainButNotForEver() throws {
        let pipeline = try pipeline("0 12 * * *")
        var state = ScheduleState()
        var attempts: [Int] = []
        for minute in 0..<6 {
            var engine = try engine(pipeline, state: state, at: minutes(720 + minute) - .seconds(1))
            attempts += engine.starts(at: minutes(720 + minute)).map(\.attempt)
            state = engine.state
        }
        #expect(attempts == [1, 2, 3])
    }

    @Test func aYearInThreeZonesHasExactlyTheExpectedStarts() throws {
        let begin = UnixTime(CivilTime.day(year: 2026, month: 1, day: 1) * 86_400)
        for (zone, cron, gap, repeated) in [
            ("Europe/Berlin", "30 2 * * *", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z"),
            ("America/New_York", "30 1,2 * * *", "2026-03-08T07:00:00Z", "2026-11-01T05:30:00Z"),
            ("Australia/Sydney", "30 2 * * *", "2026-10-03T16:00:00Z", "2026-04-04T15:30:00Z"),
        ] {
            let pipeline = try pipeline(cron) { $0.zone = zone }
            var engine = try engine(pipeline, at: begin)
            var found: [String] = []
            var now = begin
            while let wake = engine.nextWake(after: now), wake < begin + .seconds(365 * 86_400) {
                now = wake
                found += engine.starts(at: now).map { _ in now.description }
                engine.finished("p", .succeeded, at: now)
            }
            #expect(found.count == (zone == "America/New_York" ? 730 : 365))
            #expect(found.contains(gap))
            // The hour after it is the same one again, and starts nothing.
            #expect(found.contains(repeated))
            let again = repeated.replacing("T05:30", with: "T06:30").replacing("T00:30", with: "T01:30")
                .replacing("T15:30", with: "T16:30")
            #expect(!found.contains(again))
        }
    }

    @Test func manyMissedStartsAreCheap() throws {
        let pipeline = try pipeline("* * * * *") { $0.missed = .runAll }
        let before = try engine(pipeline, at: midnight)
        var after = try engine(pipeline, state: before.state, at: midnight + .seconds(30 * 86_400))
        #expect(after.starts(at: midnight + .seconds(30 * 86_400)).count == 1)
        #expect(after.state.entries["p"]?.waiting.count ?? 0 <= ScheduleEngine.longestQueue)
    }

    @Test func twoPipelinesOfOneNameAreRefused() throws {
        let pipeline = try pipeline("0 * * * *")
        #expect(throws: PipelinesError.self) {
            try ScheduleEngine([pipeline, pipeline], state: ScheduleState(), seed: 0, now: midnight)
        }
    }
}
