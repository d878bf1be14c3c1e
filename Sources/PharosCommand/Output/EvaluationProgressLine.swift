import Evaluation
import Foundation

/// Shows how far an evaluation is: one line drawn again and again on a terminal, a line every half minute
/// elsewhere.
final class EvaluationProgressLine {
    private let sink: any TextSink
    private let isTerminal: Bool
    private let clock: () -> Duration
    private var last: Duration

    /// - Parameter clock: the time since an arbitrary moment; never goes back.
    init(
        _ stream: StandardStream = .error,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        clock: @escaping () -> Duration = ProgressReporter.uptime()
    ) {
        sink = stream
        isTerminal = stream.isTerminal(environment: environment)
        self.clock = clock
        last = clock()
    }

    func show(_ progress: EvaluationProgress) {
        let now = clock()
        guard now - last >= (isTerminal ? .milliseconds(100) : .seconds(30)) else { return }
        last = now
        let text = "\(progress.done)/\(progress.total)  \(progress.label)"
        write(isTerminal ? "\r\(text.prefix(78))\u{1B}[K" : text + "\n")
    }

    /// Removes the line from a terminal.
    func finish() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    /// Progress that cannot be shown does not stop the work.
    private func write(_ text: String) {
        do {
            try sink.write(text)
        } catch {
            // The terminal is gone; the results still go their own way.
        }
    }
}
