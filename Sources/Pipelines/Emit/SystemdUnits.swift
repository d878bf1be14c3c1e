/// A systemd service and timer that run a pipeline by its schedule.
public struct SystemdUnits: Sendable, Hashable {
    /// The name of both units without their endings: `pharos-manuals`.
    public let name: String
    /// The text of the `.service` unit.
    public let service: String
    /// The text of the `.timer` unit.
    public let timer: String

    /// Writes the units of a pipeline.
    public init(_ command: JobCommand, schedule: ScheduleSettings) {
        name = "pharos-\(command.identifier)"
        service = Self.service(command, schedule)
        timer = Self.timer(command, schedule, name)
    }

    private static func service(_ command: JobCommand, _ schedule: ScheduleSettings) -> String {
        var lines = [
            "[Unit]",
            "Description=Pharos pipeline \(command.name.replacing("%", with: "%%"))",
            "# Every start of a day, and its retries.",
            "StartLimitIntervalSec=1d",
            "StartLimitBurst=\(startsPerDay(schedule.cron) * (schedule.retries + 1) + 5)",
            "",
            "[Service]",
            "Type=exec",
            "ExecStart=" + command.run().map(quoted).joined(separator: " "),
            "# 3: done, but some documents failed; the report names them.",
            "SuccessExitStatus=3",
            "# 75: interrupted, safe to run again.",
            "RestartForceExitStatus=75",
            "RestartPreventExitStatus=12 13 64 65 78",
            "Restart=\(schedule.retries > 0 ? "on-failure" : "no")",
            "RestartSec=\(milliseconds(schedule.retryDelay))",
            "RuntimeMaxSec=\(schedule.timeout.map(milliseconds) ?? "infinity")",
            "TimeoutStopSec=2min",
            "Nice=10",
            "UMask=0077",
            "NoNewPrivileges=yes",
        ]
        lines.append("")
        return lines.joined(separator: "\n")
    }

    /// The most starts on one day.
    private static func startsPerDay(_ cron: CronExpression) -> Int {
        (0..<60).count(where: cron.minutes.contains) * (0..<24).count(where: cron.hours.contains)
    }

    private static func timer(_ command: JobCommand, _ schedule: ScheduleSettings, _ name: String) -> String {
        var lines = [
            "[Unit]",
            "Description=Schedule of the Pharos pipeline \(command.name.replacing("%", with: "%%"))",
            "",
            "[Timer]",
            "# \(schedule.cron.text) in \(schedule.zone)",
        ]
        lines += calendar(schedule.cron).map { "OnCalendar=\($0) \(schedule.zone)" }
        lines += [
            "AccuracySec=1s",
            "# Whether a start that passed while the machine was off is made up for, once.",
            "Persistent=\(schedule.missed != .skip)",
        ]
        if schedule.jitter > .zero { lines.append("RandomizedDelaySec=\(milliseconds(schedule.jitter))") }
        lines += ["Unit=\(name).service", "", "[Install]", "WantedBy=timers.target", ""]
        return lines.joined(separator: "\n")
    }

    /// The calendar events of an expression: two where a day may match by its date or by its weekday.
    static func calendar(_ cron: CronExpression) -> [String] {
        let time = "\(list(cron.hours, 0...23, pad: true)):\(list(cron.minutes, 0...59, pad: true)):00"
        let months = list(cron.months, 1...12, pad: true)
        let days = list(cron.days, 1...31, pad: true)
        let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let isEveryWeekday = (0...6).allSatisfy(cron.weekdays.contains)
        let weekdays =
            isEveryWeekday
            ? "" : (0...6).filter(cron.weekdays.contains).map { names[$0] }.joined(separator: ",") + " "
        if cron.days.startsWithStar || cron.weekdays.startsWithStar {
            return ["\(weekdays)*-\(months)-\(days) \(time)"]
        }
        return ["*-\(months)-\(days) \(time)", "\(weekdays)*-\(months)-* \(time)"]
    }

    private static func list(_ field: CronField, _ range: ClosedRange<Int>, pad: Bool) -> String {
        let values = range.filter(field.contains)
        if values.count == range.count { return "*" }
        return values.map { $0 < 10 ? "0\($0)" : String($0) }.joined(separator: ",")
    }

    private static func milliseconds(_ duration: Duration) -> String {
        "\(DurationText.milliseconds(duration))ms"
    }

    /// Quotes a word of `ExecStart`, where `%` begins a specifier and `$` a variable.
    private static func quoted(_ word: String) -> String {
        let escaped = word.replacing("%", with: "%%").replacing("$", with: "$$")
        guard escaped.contains(where: { " \"'\\;".contains($0) }) else { return escaped }
        return "\"" + escaped.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
