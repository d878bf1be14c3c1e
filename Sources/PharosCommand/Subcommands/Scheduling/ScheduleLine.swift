import Pipelines

/// A scheduler's event as `pharos schedule` shows it.
struct ScheduleLine: Encodable {
    /// The pipeline's name.
    var pipeline: String
    /// `next`, `started`, how the run ended, or `left-out`.
    var event: String
    /// When the start was scheduled, in UTC.
    var time: String
    /// Which attempt it is, from 1.
    var attempt: Int?
    /// Why the pipeline starts.
    var reason: String?
    /// The exit status that the run alone would have had.
    var status: Int32?
    /// For `left-out`: how many starts at least, of which `time` is the last.
    var count: Int?

    init(pipeline: String, event: String, time: String) {
        self.pipeline = pipeline
        self.event = event
        self.time = time
    }

    init(_ start: ScheduledStart, event: String, status: ExitStatus? = nil) {
        pipeline = start.pipeline
        self.event = event
        time = start.scheduled.description
        attempt = start.attempt
        reason = start.reason.rawValue
        self.status = status?.rawValue
    }

    init(_ event: ScheduleEvent) {
        self.init(
            pipeline: event.pipeline, event: event.kind.rawValue, time: event.scheduled.description)
        count = event.count
    }

    /// A line for people.
    var text: String {
        if let count {
            return
                "pharos: \(pipeline): \(count) missed starts or more, up to that of \(time), are left out: at most "
                + "\(ScheduleEngine.longestQueue) wait\n"
        }
        if event == "next" { return "pharos: \(pipeline): next start \(time)\n" }
        var text =
            "pharos: \(pipeline): \(event.replacing("-", with: " ")), \(reason ?? "scheduled") start of \(time)"
        if let attempt, attempt > 1 { text += ", attempt \(attempt)" }
        if let status, status != 0 { text += ", status \(status)" }
        return text + "\n"
    }
}
