/// What went wrong with a pipeline file, a schedule, a shard setting or a generated job file.
///
/// `message` says what was found, what was expected and what to do. For a pipeline file it holds one line per
/// problem, each of the form `file:line:column: text`, and ``problems`` holds them as values.
public struct PipelinesError: Error, Sendable, Hashable {
    /// The kind of failure, stable in spelling because programs read it.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A pipeline file does not say what it must; exit status 78.
        case badConfiguration = "bad-configuration"
        /// A pipeline file cannot be read at all; exit status 78.
        case unreadableConfiguration = "unreadable-configuration"
        /// A flag or an environment variable is wrong or half set; exit status 64.
        case usage = "usage"
        /// More documents failed than the run allows; exit status 69.
        case tooManyFailures = "too-many-failures"
        /// The sources of a shard are not those of the others; exit status 65.
        case corpusChanged = "corpus-changed"
        /// Shards that are to be joined are not complete; exit status 1.
        case missingShards = "missing-shards"
        /// Shards that are to be joined are duplicate, foreign or tampered with; exit status 13.
        case damagedShards = "damaged-shards"
        /// Shards that are to be joined are older than what the store has; exit status 65.
        case staleShards = "stale-shards"
        /// The state file of a schedule is damaged; exit status 13.
        case damagedState = "damaged-state"
        /// The state file of a schedule cannot be written; exit status 1.
        case unwritableState = "unwritable-state"
    }

    /// The kind of failure.
    public let code: Code
    /// What was found, what was expected, what to do.
    public let message: String
    /// Where it happened: `path`, `line`, `column`, `variable`, …
    public let context: [String: String]
    /// Every problem of a pipeline file, in the order of the file; empty for other failures.
    public let problems: [PipelineProblem]

    /// Creates an error about something other than the text of a pipeline file.
    public init(_ code: Code, _ message: String, context: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.context = context
        self.problems = []
    }

    /// How many problems ``message`` spells out.
    private static let shownProblems = 100

    /// Creates an error that reports `problems`, sorted by their place in the file.
    public init(file: String, problems: [PipelineProblem]) {
        let sorted = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        self.code = .badConfiguration
        var lines = sorted.prefix(Self.shownProblems).map(\.description)
        if sorted.count > lines.count {
            lines.append("\(file): and \(sorted.count - lines.count) more problems")
        }
        self.message = lines.joined(separator: "\n")
        var context = ["path": file, "problems": String(sorted.count)]
        if let first = sorted.first {
            context["line"] = String(first.line)
            context["column"] = String(first.column)
        }
        self.context = context
        self.problems = sorted
    }
}

extension PipelinesError: CustomStringConvertible {
    public var description: String { message }
}
