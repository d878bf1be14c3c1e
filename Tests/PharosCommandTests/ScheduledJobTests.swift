import ArgumentParser
import CacheStorage
import Foundation
import SystemPackage
import Testing

@testable import PharosCommand
@testable import Pipelines

@Suite struct ScheduledJobTests {
    /// A start runs its pipeline as `run` does, and notes it in the store.
    @Test func aStartRunsItsPipeline() async throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(
            "pharos-\(UUID().uuidString)")
        defer { _ = try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        try Data("The keeper of the Varnish gate is Merrit Oaks.\n".utf8)
            .write(to: root.appendingPathComponent("gate.md"))
        let file = root.appendingPathComponent("gates.yaml")
        try Data("name: gates\nstore: store\nsources: [{ path: gate.md }]\n".utf8).write(to: file)
        let job = ScheduledJob(
            paths: ["gates": FilePath(file.path)], model: try ModelOptions.parse([]),
            encryption: try KeyOptions.parse([]), json: false, stop: StopSignal([]))
        let start = ScheduledStart(
            pipeline: "gates", scheduled: UnixTime(1_700_000_000), notBefore: UnixTime(1_700_000_000),
            attempt: 1, reason: .scheduled)
        #expect(await job.run(start) {} == .succeeded)
        #expect(await job.run(start) {} == .succeeded)
        let store = try CacheStore(FilePath(root.appendingPathComponent("store").path))
        #expect(try store.findDocument("gate.md", in: "gates") != nil)
        #expect(try store.runs().map(\.status) == ["done", "done"])
        let unknown = ScheduledStart(
            pipeline: "none", scheduled: start.scheduled, notBefore: start.notBefore, attempt: 1,
            reason: .scheduled)
        #expect(await job.run(unknown) {} == .failed)
        // Nothing but its timeout cancels a run while the scheduler lives.
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await job.run(start) {}
        }
        #expect(await late.value == .timedOut)
        var action = try RunAction(
            FilePath(file.path), model: try ModelOptions.parse([]), encryption: try KeyOptions.parse([]),
            json: false, command: "schedule")
        try Data("The keeper of the Varnish gate is Merrit Oaks, since May.\n".utf8)
            .write(to: root.appendingPathComponent("gate.md"))
        action.options.shouldStop = { true }
        action.stopName = { "timed out" }
        action.stop = StopSignal([])
        #expect(throws: FinishedWithStatus.self) { try action.perform() }
        #expect(try store.runs().first { $0.status != "done" }?.status == "timed out")
    }

    /// Pipelines wait for each other where they write to one store, however their files spell it.
    @Test func oneStoreHasOneWriterAtATime() async throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(
            "pharos-\(UUID().uuidString)")
        defer { _ = try? FileManager.default.removeItem(at: root) }
        let real = root.appendingPathComponent("real")
        try FileManager.default.createDirectory(at: real, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: root.appendingPathComponent("other"), withDestinationURL: real)
        try Data("The keeper of the Varnish gate is Merrit Oaks.\n".utf8)
            .write(to: real.appendingPathComponent("gate.md"))
        var paths: [String: FilePath] = [:]
        for (name, folder) in [("a", "real"), ("b", "other"), ("c", "real/../other")] {
            let file = root.appendingPathComponent("\(folder)/\(name).yaml")
            try Data("name: \(name)\nstore: store\nsources: [{ path: gate.md }]\n".utf8).write(to: file)
            paths[name] = FilePath("\(root.path)/\(folder)/\(name).yaml")
        }
        let job = ScheduledJob(
            paths: paths, model: try ModelOptions.parse([]), encryption: try KeyOptions.parse([]),
            json: false,
            stop: StopSignal([]))
        let outcomes = await withTaskGroup(of: RunOutcome.self) { group in
            for name in paths.keys {
                group.addTask {
                    let start = ScheduledStart(
                        pipeline: name, scheduled: UnixTime(0), notBefore: UnixTime(0), attempt: 1,
                        reason: .scheduled)
                    return await job.run(start) {}
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == [.succeeded, .succeeded, .succeeded])
    }

    /// People read what is said of a start, programs the event's name.
    @Test func startsThatAreLeftOutAreTold() {
        let time = UnixTime(1_700_000_000)
        let line = ScheduleLine(
            ScheduleEvent(
                time: time, pipeline: "gates", kind: .leftOut, scheduled: time, attempt: 1, count: 2500))
        #expect(line.event == "left-out")
        #expect(line.text.contains("2500 missed starts or more, up to that of 2023-11-14T22:13:20"))
    }
}
