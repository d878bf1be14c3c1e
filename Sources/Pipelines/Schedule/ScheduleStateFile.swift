import FileAccess
import Foundation
public import SystemPackage

/// The file in which a scheduler keeps its state, replaced as a whole each time.
public struct ScheduleStateFile: Sendable {
    /// Where the file is.
    public let path: FilePath

    /// The most bytes of a state file: a thousand waiting starts for each of many pipelines.
    private static let maximumBytes = 64 << 20

    /// Creates the file at `path` on the first ``write(_:)``.
    public init(_ path: FilePath) {
        self.path = path
    }

    /// Reads the state; that of a scheduler which has never run when there is no file.
    /// - Throws: ``PipelinesError`` of code `damagedState` when the file is not a state.
    public func read() throws -> ScheduleState {
        guard try FileSystem.kind(of: path) != nil else { return ScheduleState() }
        let bytes = try FileSystem.read(path, limit: Self.maximumBytes)
        let state: ScheduleState
        do {
            state = try JSONDecoder().decode(ScheduleState.self, from: Data(bytes))
        } catch {
            throw damaged("it is not the JSON of a schedule's state")
        }
        guard state.version == ScheduleState.currentVersion else {
            throw damaged("it has version \(state.version), expected \(ScheduleState.currentVersion)")
        }
        let starts = state.entries.values.flatMap { $0.waiting + ($0.running.map { [$0.start] } ?? []) }
        guard starts.allSatisfy({ (1...1_000_000).contains($0.attempt) }) else {
            throw damaged("a start in it has an impossible number of attempts")
        }
        return state
    }

    /// Replaces the file; after a crash at any moment it holds the old or the new state.
    /// - Throws: ``PipelinesError`` of code `unwritableState`.
    public func write(_ state: ScheduleState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            try AtomicFile.replace(path, with: Array(try encoder.encode(state)) + [UInt8(ascii: "\n")])
        } catch {
            throw PipelinesError(
                .unwritableState, "cannot write the schedule's state: \(error)",
                context: ["path": path.string])
        }
    }

    private func damaged(_ reason: String) -> PipelinesError {
        PipelinesError(
            .damagedState,
            "the state file of the schedule is damaged: \(reason); remove it to begin anew, without missed starts",
            context: ["path": path.string])
    }
}
