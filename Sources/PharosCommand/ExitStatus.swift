/// The statuses that `pharos` ends with: one table, on which scripts and job engines rely.
enum ExitStatus: Int32, Sendable, Hashable, CaseIterable {
    case done = 0
    case failed = 1
    case someDocumentsFailed = 3
    case storeMissing = 10
    case locked = 11
    case identityMismatch = 12
    case integrity = 13
    case usage = 64
    case badInput = 65
    case exhausted = 69
    case tryAgain = 75
    case badConfiguration = 78
    case interrupted = 130
    case terminated = 143

    /// What the status means, in a few words.
    var summary: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .someDocumentsFailed: "done, but some documents or questions failed"
        case .storeMissing: "there is no store at the place given"
        case .locked: "another process holds the store"
        case .identityMismatch: "a cache does not belong to the model at hand, or was pruned"
        case .integrity: "stored data is damaged"
        case .usage: "the command line or an environment variable is wrong"
        case .badInput: "a document, a question or a model file is wrong"
        case .exhausted: "a limit or a resource is exhausted"
        case .tryAgain: "interrupted or a passing trouble; safe to run again"
        case .badConfiguration: "the pipeline file is wrong"
        case .interrupted: "ended by an interrupt (Ctrl-C)"
        case .terminated: "ended by a request to terminate"
        }
    }

    /// Whether running the same command again may succeed without a change by hand.
    var isWorthRetrying: Bool {
        switch self {
        case .locked, .tryAgain, .interrupted, .terminated: true
        case .done, .failed, .someDocumentsFailed, .storeMissing, .identityMismatch, .integrity, .usage,
            .badInput, .exhausted, .badConfiguration:
            false
        }
    }

    /// The status to exit with where parts of the work ended with these; nil where none did.
    static func worst(_ statuses: ExitStatus?...) -> ExitStatus? {
        statuses.compactMap { $0 }.max { $0.rawValue < $1.rawValue }
    }

    /// The status of a process that `signal` ended: 128 more than the signal's number.
    init?(signal: Int32) {
        self.init(rawValue: 128 &+ signal)
    }

    /// The table as text, for the end of a command's help.
    static var table: String {
        let rows = allCases.map { status in
            let number = String(status.rawValue)
            return "  \(String(repeating: " ", count: 3 - number.count))\(number)  \(status.summary)"
        }
        return "EXIT STATUS:\n" + rows.joined(separator: "\n")
    }
}
