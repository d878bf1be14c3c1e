/// One start of a pipeline, planned or under way.
public struct ScheduledStart: Sendable, Hashable, Codable {
    /// Why the pipeline starts.
    public enum Reason: String, Sendable, Hashable, Codable {
        /// Its time has come.
        case scheduled
        /// It makes up for starts that passed while the scheduler was not running.
        case missed
        /// The last attempt failed.
        case retry
        /// The scheduler ended during the last attempt.
        case interrupted
    }

    /// The pipeline's name.
    public let pipeline: String
    /// The time that the cron expression gave.
    public let scheduled: UnixTime
    /// When it starts at the earliest: later than `scheduled` by jitter or back-off.
    public let notBefore: UnixTime
    /// Which attempt it is, from 1.
    public let attempt: Int
    /// Why the pipeline starts.
    public let reason: Reason
}
