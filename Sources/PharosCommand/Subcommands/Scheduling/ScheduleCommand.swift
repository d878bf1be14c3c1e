import ArgumentParser
import FileAccess
import Foundation
import Pipelines
import SystemPackage

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Run pipelines by their schedules until stopped.",
        discussion: """
            A pipeline that is new to the state file has missed nothing: its first start is the next one that its \
            schedule gives. Pipelines with the same store wait for each other. A run that finds nothing to do says \
            nothing, and neither does --once where nothing is due. Ends with 130 or 75 when stopped; \
            with --once with the status of the last run that did not succeed, else 0.

            Example: pharos schedule Pipelines/nightly.yaml Pipelines/hourly.yaml --state ~/.pharos-schedule.json
            """)

    @Argument(help: "Pipeline files with a schedule.")
    var pipelines: [String]

    @Flag(help: "Run what is due now, the missed starts among it, and end.")
    var once = false

    @Option(
        help: """
            The file that remembers what has run. (default: pharos/schedule.json below $XDG_STATE_HOME, else \
            ~/.local/state)
            """)
    var state: String?

    @OptionGroup var model: ModelOptions

    @OptionGroup var encryption: KeyOptions

    @Flag(help: "Print one JSON object per event and document.")
    var json = false

    func run() async throws {
        let statePath = state.map { FilePath($0) } ?? Self.defaultState
        var paths: [String: FilePath] = [:]
        var scheduled: [ScheduledPipeline] = []
        for name in pipelines {
            let path = FilePath(name)
            let definition = try PipelineFile.read(path, environment: ProcessInfo.processInfo.environment)
            let settings = try definition.requiredSchedule(path)
            scheduled.append(try ScheduledPipeline(name: definition.name, settings: settings))
            paths[definition.name] = path
        }
        let parent = statePath.removingLastComponent()
        try FileSystem.createDirectory(parent.isEmpty ? "." : parent)
        let lock = try DirectoryLock(FilePath(statePath.string + ".lock"), command: "schedule")
        let stop = StopSignal()
        let job = ScheduledJob(
            paths: paths, model: model, encryption: encryption, json: json, stop: stop)
        let runner = ScheduleRunner(
            scheduled, stateFile: ScheduleStateFile(statePath), seed: Self.machineSeed,
            clock: SystemScheduleClock(), tell: job.tell, run: job.run)
        if !once { try job.announce(scheduled) }
        try await perform(runner, stop)
        withExtendedLifetime(lock) {}
        if stop.isRaised { throw FinishedWithStatus(stop.status) }
        if once, let status = job.worstStatus { throw FinishedWithStatus(status) }
    }

    /// Runs until the runner ends or a signal cancels it.
    private func perform(_ runner: ScheduleRunner, _ stop: StopSignal) async throws {
        let once = once
        let running = Task { try await runner.perform(once: once) }
        let watcher = Task {
            while !stop.isRaised { try await Task.sleep(for: .milliseconds(200)) }
            running.cancel()
        }
        defer { watcher.cancel() }
        try await running.value
    }

    private static var defaultState: FilePath {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let directory = home.map { FilePath($0) } ?? FilePath(NSHomeDirectory()).appending(".local/state")
        return directory.appending("pharos").appending("schedule.json")
    }

    /// A number of this machine's own, which settles the jitter.
    private static var machineSeed: UInt64 {
        let id =
            FileManager.default.contents(atPath: "/etc/machine-id").map {
                String(decoding: $0, as: UTF8.self)
            }
            ?? ProcessInfo.processInfo.hostName
        return UInt64(ContentDigest.hex(of: id).prefix(16), radix: 16) ?? 0
    }
}
