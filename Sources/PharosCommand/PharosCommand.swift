public import ArgumentParser
import FileAccess
import Foundation
import SystemPackage
import Tensors

/// The program's commands.
public struct Pharos: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "pharos",
        abstract: "Precompress document collections and answer questions from them.",
        discussion: ExitStatus.table,
        version: version,
        subcommands: [
            RunCommand.self, PlanCommand.self, AddCommand.self, AskCommand.self, ListCommand.self,
            ShowCommand.self, ExplainCommand.self, RunsCommand.self, UsageCommand.self, VerifyCommand.self,
            RepairCommand.self, PruneCommand.self, PinCommand.self, ForgetCommand.self, KeyCommand.self,
            RetryCommand.self, ExtractCommand.self,
            DetectCommand.self, ChunkCommand.self,
            TokenizeCommand.self, ModelCommand.self, BenchCommand.self, ConformanceCommand.self,
            SchemaCommand.self, EvalCommand.self, TrainCommand.self, ServeCommand.self, ScheduleCommand.self,
            EmitCommand.self, MergeCommand.self, ShardsCommand.self, DoctorCommand.self,
        ])

    static let version = "0.1.0"

    /// The version, and the state of the program's file, which tells builds apart.
    static var state: String { "\(version) \(FileState("/proc/self/exe")?.text ?? "")" }

    public init() {}

    /// Parses the process's arguments, runs the command and exits with its status.
    public static func start() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let environment = EnvironmentSettings(ProcessInfo.processInfo.environment)
        do {
            let asJSON = try arguments.contains("--json") || environment.flag(.json) ?? false
            try checkKernels(environment)
            await start(arguments, asJSON: asJSON)
        } catch {
            leave(report(error, asJSON: false))
        }
    }

    /// Whoever asks for kernels is told where they cannot be had, and does not time others unawares.
    private static func checkKernels(_ environment: EnvironmentSettings) throws {
        guard let wanted = try environment.value(.kernels, as: InstructionSet.self) else { return }
        guard wanted.isAvailable else {
            let available = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
            throw CommandError(
                .usage, "PHAROS_KERNELS is \(wanted.rawValue), which this processor does not have",
                hint: "give one of \(available), or unset it")
        }
    }

    /// The command that the arguments name; `PHAROS_JSON` stands in for `--json` where a command has it.
    static func command(_ arguments: [String], asJSON: Bool) throws -> any ParsableCommand {
        if asJSON, !arguments.contains("--json"), !arguments.contains("--help"), !arguments.contains("-h") {
            let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
            let all = arguments[..<end] + ["--json"] + arguments[end...]
            // What cannot be read with it is read as it was given, and its mistakes are those of what was given.
            if let command = try? parseAsRoot(Array(all)) { return command }
        }
        return try parseAsRoot(arguments)
    }

    private static func start(_ arguments: [String], asJSON: Bool) async {
        do {
            var command = try command(arguments, asJSON: asJSON)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let finished as FinishedWithStatus {
            leave(finished.status.rawValue)
        } catch let error as any ReportableError {
            leave(report(error, asJSON: asJSON))
        } catch {
            // The parser's own: help and version go to standard output, mistakes with the usage to standard error.
            let code = exitCode(for: error)
            if code == .success || code == .validationFailure && !asJSON { exit(withError: error) }
            let mistake = CommandError(.usage, message(for: error))
            leave(report(code == .validationFailure ? mistake as any Error : error, asJSON: asJSON))
        }
    }

    private static func leave(_ status: Int32) -> Never { Foundation.exit(status) }

    private static func report(_ error: any Error, asJSON: Bool) -> Int32 {
        ErrorReport.show(
            error, asJSON: asJSON, output: StandardStream.output, errors: StandardStream.error
        ).rawValue
    }
}
