import SystemPackage

/// A line for a crontab that runs a pipeline by its schedule.
public enum CronLine {
    /// Returns the line with a comment before it.
    ///
    /// A crontab has no time zones everywhere, no timeouts and no retries; the comment says what the line cannot.
    /// - Throws: ``PipelinesError`` of code `usage` where a path holds a backslash, which crons read in several ways.
    public static func text(_ command: JobCommand, schedule: ScheduleSettings) throws(PipelinesError)
        -> String
    {
        for path in [command.program, command.pipeline.string] where path.contains("\\") {
            throw PipelinesError(
                .usage,
                "the path '\(path)' holds a backslash, which no crontab passes on for sure; rename it",
                context: ["value": path])
        }
        var words = command.run()
        if let timeout = schedule.timeout {
            let seconds = max(1, DurationText.milliseconds(timeout) / 1_000)
            words = ["timeout", "--signal=TERM", "--kill-after=120", String(seconds)] + words
        }
        var text =
            "# Pharos pipeline \(command.name). The times are in \(schedule.zone): cron must run in that zone\n"
        text +=
            "# (cronie: a line CRON_TZ=\(schedule.zone) before it). Starts while the machine is off are lost.\n"
        if schedule.retries > 0 || schedule.jitter > .zero {
            text += "# Retries and jitter are left to 'pharos schedule'.\n"
        }
        let line = JobCommand.shell(words).replacing("%", with: #"\%"#)
        return text + "\(schedule.cron.text) \(line)\n"
    }
}
