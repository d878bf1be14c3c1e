import ArgumentParser
import FileAccess
import Foundation
import Pipelines
import SystemPackage

/// The pipeline files and the flags that all kinds of `emit` share.
struct EmitOptions: ParsableArguments {
    @Argument(help: "Pipeline files.")
    var pipelines: [String]

    @Option(help: "The program that the files name. (default: this one; for kubernetes 'pharos')")
    var program: String?

    @Option(help: "Write the files into this directory and print their paths.")
    var output: String?

    /// Reads the pipelines and writes what `render` makes of each.
    ///
    /// - Parameter program: the program where the flag does not say, for jobs in which paths are others than here.
    func emit(
        program standard: String? = nil,
        _ render: (PipelineDefinition, JobCommand) throws -> [EmittedFile]
    ) throws {
        let directory = FilePath(FileManager.default.currentDirectoryPath)
        // What has a name of its own elsewhere is looked for there.
        let program =
            standard == nil
            ? try Self.absolute(program ?? Self.ownPath, in: directory) : program ?? standard ?? "pharos"
        var files: [EmittedFile] = []
        for name in pipelines {
            let path = directory.pushing(FilePath(name)).lexicallyNormalized()
            let definition = try PipelineFile.read(
                path, environment: ProcessInfo.processInfo.environment)
            let command = try JobCommand(name: definition.name, program: program, pipeline: path)
            files += try render(definition, command)
        }
        for (index, file) in files.enumerated()
        where files[..<index].contains(where: { $0.name == file.name }) {
            throw CommandError(
                .usage, "two of the pipelines give a file '\(file.name)'", hint: "rename one of the pipelines"
            )
        }
        try write(files)
    }

    private func write(_ files: [EmittedFile]) throws {
        guard let output else {
            for (index, file) in files.enumerated() {
                if files.count > 1 {
                    try StandardStream.output.write((index > 0 ? "\n" : "") + "# File \(file.name)\n")
                }
                try StandardStream.output.write(file.text)
            }
            return
        }
        try FileSystem.createDirectory(FilePath(output))
        for file in files {
            let path = FilePath(output).appending(file.name)
            try AtomicFile.replace(
                path, with: Array(file.text.utf8),
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try StandardStream.output.write("\(path)\n")
        }
    }

    /// The path of a program as a shell in `directory` finds it: a job may start in another one, with another `PATH`.
    static func absolute(_ program: String, in directory: FilePath) throws -> String {
        if program.contains("/") {
            return directory.pushing(FilePath(program)).lexicallyNormalized().string
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in path.split(separator: ":") where folder.hasPrefix("/") {
            let found = FilePath(String(folder)).appending(program).string
            if FileManager.default.isExecutableFile(atPath: found) { return found }
        }
        throw CommandError(
            .usage, "there is no program '\(program)' in PATH, and a job's PATH may be another",
            hint: "give --program from '/' on")
    }

    /// Where this program is.
    private static var ownPath: String {
        Bundle.main.executablePath ?? "pharos"
    }
}

/// A file that `emit` prints or writes.
struct EmittedFile {
    var name: String
    var text: String
}

extension PipelineDefinition {
    /// The schedule of a pipeline that must have one.
    func requiredSchedule(_ path: FilePath) throws -> ScheduleSettings {
        guard let schedule else {
            throw PipelinesError(
                .badConfiguration,
                "\(path): the pipeline '\(name)' has no schedule; add one, such as schedule: { cron: \"0 2 * * *\" }",
                context: ["path": path.string])
        }
        return schedule
    }
}
