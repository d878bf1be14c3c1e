import Foundation
import Synchronization

/// Shows how a run gets on: a bar on a terminal, a line every half minute elsewhere.
///
/// It is driven by the work alone: every ``advance(_:)`` may draw, at most ten times a second on a terminal. There
/// is no timer, so nothing is drawn after ``finish()`` and tests need no waiting.
final class ProgressReporter: Sendable {
    /// How the progress is shown.
    enum Style: Sendable, Hashable {
        /// One line, drawn again and again, at most `width` columns wide.
        case bar(width: Int, color: Bool)
        /// A new line from time to time.
        case lines
        /// Nothing.
        case silent
    }

    private struct State {
        var total: ProgressCounts
        var done = ProgressCounts()
        var meter = RateMeter()
        var lastDrawn: Duration?
        var isBarShown = false
    }

    private let sink: any TextSink
    private let style: Style
    private let clock: @Sendable () -> Duration
    private let state: Mutex<State>

    /// Creates a reporter of work whose extent is `total`; a zero there means that it is unknown.
    ///
    /// - Parameter clock: The time since an arbitrary moment; never goes back.
    init(
        total: ProgressCounts, sink: any TextSink, style: Style,
        clock: @escaping @Sendable () -> Duration = ProgressReporter.uptime()
    ) {
        self.sink = sink
        self.style = style
        self.clock = clock
        var state = State(total: total)
        state.meter.add(0, at: clock())
        self.state = Mutex(state)
    }

    /// The style that suits a stream: `NO_COLOR` and `COLUMNS` are honoured, `TERM=dumb` is no terminal.
    static func style(for stream: StandardStream, environment: [String: String]) -> Style {
        guard stream.isTerminal(environment: environment) else { return .lines }
        let width = environment["COLUMNS"].flatMap { Int($0) } ?? 80
        let color = environment["NO_COLOR"].map { $0.isEmpty } ?? true
        return .bar(width: min(max(width, 20), 200), color: color)
    }

    /// A clock that starts now.
    static func uptime() -> @Sendable () -> Duration {
        let start = ContinuousClock.now
        return { start.duration(to: .now) }
    }

    /// Adds finished work and shows it when enough time has passed.
    func advance(_ counts: ProgressCounts) {
        state.withLock { state in
            state.done.add(counts)
            let now = clock()
            state.meter.add(state.done.tokens, at: now)
            let interval: Duration = style == .lines ? .seconds(30) : .milliseconds(100)
            if let last = state.lastDrawn {
                if now - last < interval { return }
            } else if style == .lines {
                state.lastDrawn = now
                return
            }
            state.lastDrawn = now
            draw(&state, now)
        }
    }

    /// Changes the extent of the work, as when a corpus turns out larger.
    func setTotal(_ total: ProgressCounts) {
        state.withLock { $0.total = total }
    }

    /// Prints a line of its own, such as a warning, without tearing the bar.
    func note(_ line: String) {
        state.withLock { state in
            guard style != .silent else { return }
            show((state.isBarShown ? "\r\u{1B}[K" : "") + line + "\n")
            state.isBarShown = false
        }
    }

    /// Removes the bar, or prints the last line.
    func finish() {
        state.withLock { state in
            switch style {
            case .bar: if state.isBarShown { show("\r\u{1B}[K") }
            case .lines: if state.done != ProgressCounts() { draw(&state, clock()) }
            case .silent: break
            }
            state.isBarShown = false
        }
    }

    private func draw(_ state: inout State, _ now: Duration) {
        let text = ProgressText(total: state.total, done: state.done, meter: state.meter)
        switch style {
        case .bar(let width, let color):
            show("\r" + text.bar(width: width, color: color) + "\u{1B}[K")
            state.isBarShown = true
        case .lines: show(text.line + "\n")
        case .silent: break
        }
    }

    /// Writes to the sink. Progress that cannot be shown does not stop the work.
    private func show(_ text: String) {
        do {
            try sink.write(text)
        } catch {
            // The terminal is gone; the results still go their own way.
        }
    }
}
