/// An error that the command line can show: what kind it is, what to say, where it happened, how to exit.
///
/// The modules' own errors conform in `ReportableError+Modules.swift`, so that no module knows of exit statuses.
protocol ReportableError: Error {
    /// The kind of failure in a spelling that programs may rely on, such as `bad-configuration`.
    var reportCode: String { get }
    /// What was found, what was expected, what to do.
    var reportMessage: String { get }
    /// Where it happened, by name: `path`, `line`, `tensor`, …
    var reportContext: [String: String] { get }
    /// The status that a command ended by this error exits with.
    var exitStatus: ExitStatus { get }
}
