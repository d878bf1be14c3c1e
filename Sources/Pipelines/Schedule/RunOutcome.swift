/// How a scheduled run ended.
public enum RunOutcome: String, Sendable, Hashable, Codable {
    /// All of its work is done.
    case succeeded
    /// It failed in a way that another attempt may mend.
    case failed
    /// It failed in a way that only a change by hand mends, such as a wrong pipeline file.
    case refused
    /// It was stopped because it took longer than its timeout.
    case timedOut = "timed-out"
}
