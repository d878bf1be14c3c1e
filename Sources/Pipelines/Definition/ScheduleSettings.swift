/// When and how a pipeline runs under `pharos schedule`.
public struct ScheduleSettings: Sendable, Hashable {
    /// What happens to starts that passed while the scheduler was not running.
    public enum MissedPolicy: String, Sendable, Hashable, CaseIterable {
        /// They are forgotten.
        case skip
        /// One run makes up for all of them.
        case runOnce = "run-once"
        /// Each of them runs, oldest first.
        case runAll = "run-all"
    }

    /// What happens to a start that comes while the pipeline's previous run is going.
    public enum OverlapPolicy: String, Sendable, Hashable, CaseIterable {
        /// It is forgotten.
        case skip
        /// It waits for the previous run to end.
        case queue
    }

    /// The times of the starts.
    public var cron: CronExpression
    /// The IANA time zone in which `cron` is read.
    public var zone: String
    /// What happens to starts that passed while the scheduler was not running.
    public var missed: MissedPolicy
    /// What happens to a start that comes while the previous run is going.
    public var overlap: OverlapPolicy
    /// The longest random delay of a start, so that many machines do not start at once.
    public var jitter: Duration
    /// After how long a run is stopped; never when nil.
    public var timeout: Duration?
    /// How often a failed run is tried again.
    public var retries: Int
    /// The wait before the first retry; it doubles with each further one.
    public var retryDelay: Duration

    /// Creates a schedule with the defaults of a pipeline file.
    public init(cron: CronExpression) {
        self.cron = cron
        self.zone = "UTC"
        self.missed = .runOnce
        self.overlap = .skip
        self.jitter = .zero
        self.retries = 0
        self.retryDelay = .seconds(60)
    }
}
