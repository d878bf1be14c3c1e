import ArgumentParser

struct EmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emit",
        abstract: "Print ready unit and job files that run pipelines elsewhere or by the clock.",
        discussion: """
            Nothing is installed or submitted: the files go to standard output, or into a directory with --output.

            Example: pharos emit systemd Pipelines/nightly.yaml --output ~/.config/systemd/user
            """,
        subcommands: [
            EmitSystemdCommand.self, EmitCronCommand.self, EmitSlurmCommand.self, EmitKubernetesCommand.self,
            EmitParallelCommand.self,
        ])
}
