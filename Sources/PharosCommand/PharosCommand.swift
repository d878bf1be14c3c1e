public import ArgumentParser

/// The program's commands.
public struct Pharos: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "pharos",
        abstract: "Precompress document collections and answer questions from them.",
        subcommands: [ConformanceCommand.self])

    public init() {}

    /// Parses the process's arguments, runs the command and exits.
    public static func start() async {
        await main()
    }
}
