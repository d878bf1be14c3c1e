/// What a scheduler must remember over a restart.
public struct ScheduleState: Sendable, Hashable, Codable {
    /// The format of the state; others are refused.
    public static let currentVersion = 1
    /// How many events the history keeps.
    public static let historyLength = 1_000

    /// What is known of one pipeline.
    public struct Entry: Sendable, Hashable, Codable {
        /// The cron expression and zone under which `considered` was reached.
        var timing: String
        /// All starts up to this moment have been dealt with.
        var considered: UnixTime
        /// Starts that wait for their time or for the previous run, in the order in which they will run.
        var waiting: [ScheduledStart] = []
        /// The run that is going.
        var running: Running?
    }

    /// A run that is going.
    public struct Running: Sendable, Hashable, Codable {
        /// The start that it came from.
        public let start: ScheduledStart
        /// When it started.
        public internal(set) var since: UnixTime
        /// When its work began; nil while it waits for another pipeline's.
        public internal(set) var began: UnixTime?
    }

    /// The format of the state.
    public internal(set) var version = ScheduleState.currentVersion
    /// What is known of each pipeline, by name.
    public internal(set) var entries: [String: Entry] = [:]
    /// What happened last, oldest first.
    public internal(set) var history: [ScheduleEvent] = []

    /// Creates the state of a scheduler that has never run.
    public init() {}
}
