/// Something that happened under a schedule, for the history.
public struct ScheduleEvent: Sendable, Hashable, Codable {
    /// What happened.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// A run started.
        case started
        /// A run ended well.
        case succeeded
        /// A run failed.
        case failed
        /// A run was refused for a reason that another attempt does not mend.
        case refused
        /// A run was stopped at its timeout.
        case timedOut = "timed-out"
        /// A failed run will be tried again.
        case retrying
        /// Starts passed while the scheduler was not running, and were forgotten.
        case missed
        /// A start came while the previous run was going, and was forgotten.
        case overlapped
        /// The scheduler had ended during a run.
        case interrupted
        /// More starts had to wait than can, and the oldest were forgotten; ``ScheduleEvent/count`` says how many.
        case leftOut = "left-out"
    }

    /// When it happened.
    public let time: UnixTime
    /// The pipeline's name.
    public let pipeline: String
    /// What happened.
    public let kind: Kind
    /// The time that the cron expression gave.
    public let scheduled: UnixTime
    /// Which attempt it was, from 1.
    public let attempt: Int
    /// For ``Kind/leftOut``: how many starts at least, of which `scheduled` is the last.
    public var count: Int?
}
