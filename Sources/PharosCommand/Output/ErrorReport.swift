import ArgumentParser
import Pipelines

/// An error as the command line shows it, in text or as JSON.
struct ErrorReport: Sendable, Hashable, Encodable {
    /// The kind of failure in a spelling that programs may rely on.
    let code: String
    /// What was found, what was expected, what to do.
    let message: String
    /// Where it happened, by name.
    let context: [String: String]
    /// The status that a command ended by this error exits with.
    let status: ExitStatus
    /// The text for people, without a newline at the end.
    let text: String

    private enum CodingKeys: CodingKey {
        case code, message, context
    }

    /// Creates a report; `text` is the message, preceded by the program's name, unless given.
    init(code: String, message: String, context: [String: String], status: ExitStatus, text: String? = nil) {
        self.code = code
        self.message = message
        self.context = context
        self.status = status
        if let text {
            self.text = text.printable
        } else {
            let place = context.sorted { $0.key < $1.key }.filter { !Self.names(message, $0.value) }
            let suffix = place.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            self.text = ("pharos: \(message)" + (suffix.isEmpty ? "" : " (\(suffix))")).printable
        }
    }

    /// Whether a message has `value` in it, not as a part of another word or number.
    private static func names(_ message: String, _ value: String) -> Bool {
        func isApart(_ neighbour: Character?) -> Bool {
            neighbour.map { !$0.isLetter && !$0.isNumber } ?? true
        }
        return message.ranges(of: value).contains { range in
            isApart(message[..<range.lowerBound].last) && isApart(message[range.upperBound...].first)
        }
    }

    /// Returns the reports of an error, one for each problem where it holds several.
    static func reports(of error: any Error) -> [ErrorReport] {
        switch error {
        case let error as PipelinesError where !error.problems.isEmpty:
            return error.problems.map { problem in
                ErrorReport(
                    code: error.reportCode, message: problem.message,
                    context: [
                        "path": problem.file, "line": String(problem.line), "column": String(problem.column),
                    ], status: error.exitStatus, text: problem.description)
            }
        case let error as any ReportableError:
            return [
                ErrorReport(
                    code: error.reportCode, message: error.reportMessage, context: error.reportContext,
                    status: error.exitStatus)
            ]
        case let error as ValidationError:
            return [ErrorReport(code: "usage", message: error.message, context: [:], status: .usage)]
        case is CancellationError:
            return [
                ErrorReport(
                    code: "interrupted", message: "interrupted; run the same command again to continue",
                    context: [:],
                    status: .tryAgain)
            ]
        default:
            return [
                ErrorReport(code: "failed", message: String(describing: error), context: [:], status: .failed)
            ]
        }
    }

    /// Shows an error — as JSON lines on the output of results, as text on the other — and returns the exit status.
    ///
    /// Failures to show it are not reported: there is nowhere left to report them to.
    static func show(_ error: any Error, asJSON: Bool, output: any TextSink, errors: any TextSink)
        -> ExitStatus
    {
        let reports = reports(of: error)
        for report in reports {
            do {
                if asJSON {
                    try JSONLines(output).write("error", report)
                } else {
                    try errors.write(report.text + "\n")
                }
            } catch {
                break
            }
        }
        return reports.first?.status ?? .failed
    }
}
