import Foundation
import Synchronization
import SystemPackage
import Testing

@testable import Pipelines

@Suite(.timeLimit(.minutes(5))) struct ScheduleRunnerTests {
    /// A clock that jumps to the time waited for, up to an end where it waits for cancellation.
    private final class JumpingClock: ScheduleClock {
        private let time: Mutex<UnixTime>
        private let end: UnixTime

        init(from start: UnixTime, to end: UnixTime) {
            time = Mutex(start)
            self.end = end
        }

        var now: UnixTime { time.withLock { $0 } }

        func wait(until wake: UnixTime?) async {
            await Task.yield()
            if let wake, wake <= end, !Task.isCancelled {
                time.withLock { $0 = max($0, wake) }
                return
            }
            await ScheduleRunnerTests.untilCancelled()
        }
    }

    /// Waits for the cancellation of the task without taking a processor.
    private static func untilCancelled() async {
        do {
            while true { try await Task.sleep(for: .seconds(3_600)) }
        } catch {
            // Cancelled, as it should be.
        }
    }

    private let midnight = UnixTime(CivilTime.day(year: 2026, month: 6, day: 1) * 86_400)

    private func withStateFile(_ body: (ScheduleStateFile) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "pharos-schedule-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            try await body(ScheduleStateFile(FilePath(folder.path).appending("schedule.json")))
        } catch {
            try FileManager.default.removeItem(at: folder)
            throw error
        }
        try FileManager.default.removeItem(at: folder)
    }

    private func pipeline(
        _ cron: String, overlap: ScheduleSettings.OverlapPolicy = .skip
    ) throws -> ScheduledPipeline {
        var settings = ScheduleSettings(cron: try CronExpression(cron))
        settings.overlap = overlap
        return try ScheduledPipeline(name: "p", settings: settings)
    }

    @Test func aDayIsRunAndCancelled() async throws {
        try await withStateFile { file in
            let clock = JumpingClock(from: midnight, to: midnight + .seconds(86_400))
            let count = Mutex(0)
            // The clock may jump on before a run has ended, so starts wait for each other.
            let pipeline = try pipeline("0 * * * *", overlap: .queue)
            let (ended, sender) = AsyncStream.makeStream(of: Void.self)
            let runner = ScheduleRunner([pipeline], stateFile: file, seed: 1, clock: clock) { _, _ in
                if count.withLock({
                    $0 += 1
                    return $0
                }) == 24 {
                    sender.finish()
                }
                return .succeeded
            }
            let task = Task { try await runner.perform() }
            for await _ in ended {}
            task.cancel()
            try await task.value
            #expect(count.withLock { $0 } == 24)
            #expect(try file.read().history.filter { $0.kind == .started }.count == 24)
        }
    }

    @Test func onceRunsWhatIsDueAndEnds() async throws {
        try await withStateFile { file in
            let pipeline = try pipeline("0 * * * *")
            let count = Mutex(0)
            for hours in [0, 0, 3, 3] {
                let now = midnight + .seconds(hours * 3_600 + 5)
                let clock = JumpingClock(from: now, to: now)
                try await ScheduleRunner([pipeline], stateFile: file, seed: 1, clock: clock) { _, _ in
                    count.withLock { $0 += 1 }
                    return .succeeded
                }.perform(once: true)
            }
            #expect(count.withLock { $0 } == 1)
            #expect(try file.read().history.map(\.kind) == [.started, .succeeded])
        }
    }

    /// All missed starts are made up for at once, one after another, and the one that is due follows where it may.
    @Test(arguments: [ScheduleSettings.OverlapPolicy.skip, .queue])
    func onceMakesUpForAllMissedStarts(overlap: ScheduleSettings.OverlapPolicy) async throws {
        try await withStateFile { file in
            var settings = ScheduleSettings(cron: try CronExpression("0 * * * *"))
            settings.missed = .runAll
            settings.overlap = overlap
            let pipeline = try ScheduledPipeline(name: "p", settings: settings)
            let before = try ScheduleEngine([pipeline], state: ScheduleState(), seed: 1, now: midnight)
            try file.write(before.state)
            let now = midnight + .seconds(4 * 3_600 + 5)
            let hours = Mutex<[Int]>([])
            let runner = ScheduleRunner(
                [pipeline], stateFile: file, seed: 1, clock: JumpingClock(from: now, to: now)
            ) { [midnight] start, _ in
                hours.withLock { $0.append((start.scheduled.seconds - midnight.seconds) / 3_600) }
                return .succeeded
            }
            try await runner.perform(once: true)
            #expect(hours.withLock { $0 } == (overlap == .queue ? [1, 2, 3, 4] : [1, 2, 3]))
        }
    }

    @Test func aRunPastItsTimeoutIsStopped() async throws {
        try await withStateFile { file in
            var settings = ScheduleSettings(cron: try CronExpression("0 12 * * *"))
            settings.timeout = .seconds(60)
            let pipeline = try ScheduledPipeline(name: "p", settings: settings)
            let before = try ScheduleEngine([pipeline], state: ScheduleState(), seed: 1, now: midnight)
            try file.write(before.state)
            let noon = midnight + .seconds(43_200)
            let clock = JumpingClock(from: noon, to: noon + .seconds(600))
            try await ScheduleRunner([pipeline], stateFile: file, seed: 1, clock: clock) { _, begins in
                begins()
                await Self.untilCancelled()
                return .failed
            }.perform(once: true)
            #expect(try file.read().history.map(\.kind) == [.started, .timedOut])
        }
    }

    /// A run that waits for another pipeline's does not use up its time.
    @Test func waitingIsNotRunning() async throws {
        try await withStateFile { file in
            var settings = ScheduleSettings(cron: try CronExpression("0 12 * * *"))
            settings.timeout = .seconds(60)
            let pipelines = try ["a", "b"].map { try ScheduledPipeline(name: $0, settings: settings) }
            let before = try ScheduleEngine(pipelines, state: ScheduleState(), seed: 1, now: midnight)
            try file.write(before.state)
            let noon = midnight + .seconds(43_200)
            let clock = JumpingClock(from: noon, to: noon + .seconds(600))
            let (turns, turn) = AsyncStream.makeStream(of: Void.self)
            try await ScheduleRunner(pipelines, stateFile: file, seed: 1, clock: clock) { start, begins in
                if start.pipeline == "b" {
                    for await _ in turns {}
                    // Long after its time was over, had it counted.
                    return .succeeded
                }
                begins()
                await Self.untilCancelled()
                turn.finish()
                return .failed
            }.perform(once: true)
            let events = try file.read().history.filter { $0.kind != .started }
            #expect(events.map(\.pipeline) == ["a", "b"])
            #expect(events.map(\.kind) == [.timedOut, .succeeded])
        }
    }

    /// A scheduler that waits for a time of a wrong clock must notice when it is set right.
    @Test func aClockThatIsSetBackEndsTheWait() async {
        let times = Mutex([midnight + .seconds(86_400 * 400), midnight])
        let clock = SystemScheduleClock(longestWait: 1) {
            times.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
        await clock.wait(until: midnight + .seconds(86_400 * 500))
        await clock.wait(until: midnight)
    }

    @Test(arguments: [Int.min, -1, 0, .max]) func impossibleAttemptsAreRefused(_ attempt: Int) async throws {
        try await withStateFile { file in
            let start =
                "{\"pipeline\":\"p\",\"scheduled\":0,\"notBefore\":0,\"attempt\":\(attempt),\"reason\":\"retry\"}"
            let text =
                "{\"version\":1,\"history\":[],\"entries\":{\"p\":{\"timing\":\"x\",\"considered\":0,\"waiting\":[\(start)]}}}"
            try Data(text.utf8).write(to: URL(filePath: file.path.string))
            let error = #expect(throws: PipelinesError.self) { try file.read() }
            #expect(error?.message.contains("attempts") == true)
        }
    }

    @Test(arguments: ["", "{", "[]", "{\"version\":2,\"entries\":{},\"history\":[]}", "\u{0}"])
    func aDamagedStateIsRefused(_ text: String) async throws {
        try await withStateFile { file in
            try Data(text.utf8).write(to: URL(filePath: file.path.string))
            let error = #expect(throws: PipelinesError.self) { try file.read() }
            #expect(error?.code == .damagedState)
        }
    }

    @Test func aHugeTimeIsRefused() async throws {
        try await withStateFile { file in
            let text =
                "{\"version\":1,\"history\":[],\"entries\":{\"p\":{\"timing\":\"x\",\"considered\":\(Int.max),\"waiting\":[]}}}"
            try Data(text.utf8).write(to: URL(filePath: file.path.string))
            #expect(throws: PipelinesError.self) { try file.read() }
        }
    }

    @Test func theStateSurvivesAsItWas() async throws {
        try await withStateFile { file in
            #expect(try file.read() == ScheduleState())
            var engine = try ScheduleEngine(
                [pipeline("* * * * *")], state: ScheduleState(), seed: 1, now: midnight)
            _ = engine.starts(at: midnight + .seconds(60))
            try file.write(engine.state)
            #expect(try file.read() == engine.state)
        }
    }
}
