import ArgumentParser
import Pipelines

struct EmitSystemdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd",
        abstract: "A service and a timer for each pipeline, by its schedule.",
        discussion: """
            Example: pharos emit systemd Pipelines/nightly.yaml --output ~/.config/systemd/user
            Then: systemctl --user daemon-reload && systemctl --user enable --now pharos-nightly.timer
            """)

    @OptionGroup var options: EmitOptions

    func run() async throws {
        try options.emit { definition, command in
            let units = SystemdUnits(command, schedule: try definition.requiredSchedule(command.pipeline))
            return [
                EmittedFile(name: "\(units.name).service", text: units.service),
                EmittedFile(name: "\(units.name).timer", text: units.timer),
            ]
        }
    }
}

struct EmitCronCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cron",
        abstract: "A crontab line for each pipeline, by its schedule.",
        discussion: "Example: (crontab -l; pharos emit cron Pipelines/nightly.yaml) | crontab -")

    @OptionGroup var options: EmitOptions

    func run() async throws {
        try options.emit { definition, command in
            let text = try CronLine.text(command, schedule: try definition.requiredSchedule(command.pipeline))
            return [EmittedFile(name: "pharos-\(command.identifier).cron", text: text)]
        }
    }
}
