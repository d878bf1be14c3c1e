import Dispatch
import Foundation
import Pipelines
import Synchronization
import SystemPackage

/// Runs the pipelines of a scheduler in this process and says what becomes of them.
final class ScheduledJob: Sendable {
    private let paths: [String: FilePath]
    private let model: ModelOptions
    private let encryption: KeyOptions
    private let json: Bool
    private let stop: StopSignal
    /// One queue per store, as a store has one writer at a time.
    private let queues = Mutex<[String: DispatchQueue]>([:])
    private let worst = Mutex<ExitStatus?>(nil)

    /// - Parameter paths: the pipeline files by the pipelines' names.
    init(
        paths: [String: FilePath], model: ModelOptions, encryption: KeyOptions, json: Bool, stop: StopSignal
    ) {
        self.paths = paths
        self.model = model
        self.encryption = encryption
        self.json = json
        self.stop = stop
    }

    /// The status of the last run that did not succeed.
    var worstStatus: ExitStatus? { worst.withLock { $0 } }

    /// Says when each pipeline starts next.
    func announce(_ pipelines: [ScheduledPipeline]) throws {
        let now = SystemScheduleClock().now
        for pipeline in pipelines {
            let schedule = try CronSchedule(pipeline.settings.cron, zone: pipeline.settings.zone)
            let next = schedule.next(after: now).map { $0.description } ?? "never"
            try say(ScheduleLine(pipeline: pipeline.name, event: "next", time: next))
        }
    }

    /// Says what the scheduler will not make up for.
    func tell(_ event: ScheduleEvent) {
        do {
            try say(ScheduleLine(event))
        } catch {
            // Standard error is gone; the history has it all the same.
        }
    }

    /// Runs one start to its end; stops soon when its task is cancelled.
    ///
    /// - Parameter begins: called when no other run holds it up any more.
    func run(_ start: ScheduledStart, begins: @escaping @Sendable () -> Void) async -> RunOutcome {
        let cancelled = CancellationFlag()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue(start.pipeline).async {
                    begins()
                    continuation.resume(returning: self.perform(start, cancelled))
                }
            }
        } onCancel: {
            cancelled.raise()
        }
    }

    private func perform(_ start: ScheduledStart, _ cancelled: CancellationFlag) -> RunOutcome {
        guard let path = paths[start.pipeline], !stop.isRaised else { return .failed }
        // Nothing but its timeout and the end of the scheduler cancels a run.
        let isLate = { @Sendable [stop] in cancelled.isRaised && !stop.isRaised }
        var status = ExitStatus.done
        // People are told of runs that have something to do, programs of every run.
        let isTold = Mutex(json)
        do {
            guard !isLate() else { throw FinishedWithStatus(.tryAgain) }
            if json { try say(ScheduleLine(start, event: "started")) }
            var action = try RunAction(
                path, model: model, encryption: encryption, json: json, command: "schedule \(path)")
            if !json {
                action.onWork = { [self] in
                    isTold.withLock { $0 = true }
                    try say(ScheduleLine(start, event: "started"))
                }
            }
            action.options.jobs = try JobCount.resolve(nil, threads: action.options.threads)
            action.options.shouldStop = { cancelled.isRaised }
            action.stopName = { isLate() ? "timed out" : "stopped" }
            action.stop = stop
            try action.perform()
        } catch let finished as FinishedWithStatus {
            status = finished.status
        } catch {
            status = ErrorReport.show(
                error, asJSON: json, output: StandardStream.output, errors: StandardStream.error)
        }
        let outcome = status == .tryAgain && isLate() ? .timedOut : Self.outcome(status)
        if status != .done { worst.withLock { $0 = status } }
        guard isTold.withLock({ $0 }) || outcome != .succeeded else { return outcome }
        do {
            // What the end of the scheduler stops, the next one takes up again.
            let isStopped = status == .tryAgain && stop.isRaised
            try say(ScheduleLine(start, event: isStopped ? "stopped" : outcome.rawValue, status: status))
        } catch {
            // Standard error is gone; what the run did counts all the same.
        }
        return outcome
    }

    /// What a status means for the schedule: the same as for a unit of `emit systemd`.
    static func outcome(_ status: ExitStatus) -> RunOutcome {
        switch status {
        case .done, .someDocumentsFailed: .succeeded
        case .identityMismatch, .integrity, .usage, .badInput, .badConfiguration: .refused
        case .failed, .storeMissing, .locked, .exhausted, .tryAgain, .interrupted, .terminated: .failed
        }
    }

    private func queue(_ pipeline: String) -> DispatchQueue {
        let store: String
        do {
            guard let path = paths[pipeline] else { return .global() }
            let definition = try PipelineFile.read(path, environment: ProcessInfo.processInfo.environment)
            store = Self.place(of: definition.store)
        } catch {
            // The run reads the file again and reports what is wrong.
            return .global()
        }
        return queues.withLock { queues in
            if let queue = queues[store] { return queue }
            let queue = DispatchQueue(label: "pharos.schedule.\(store)")
            queues[store] = queue
            return queue
        }
    }

    /// The one path of a store, however its file spells it; the store need not be there yet.
    private static func place(of store: FilePath) -> String {
        var place = URL(fileURLWithPath: store.string).standardizedFileURL
        var missing: [String] = []
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" {
            missing.append(place.lastPathComponent)
            place.deleteLastPathComponent()
        }
        place = place.resolvingSymlinksInPath()
        for name in missing.reversed() { place.append(path: name) }
        return place.path
    }

    private func say(_ line: ScheduleLine) throws {
        if json {
            try JSONLines(StandardStream.output).write("event", line)
        } else {
            try StandardStream.error.write(line.text)
        }
    }
}

/// Tells work on another thread that its task was cancelled.
private final class CancellationFlag: Sendable {
    private let raised = Atomic(false)

    var isRaised: Bool { raised.load(ordering: .relaxed) }

    func raise() { raised.store(true, ordering: .relaxed) }
}
