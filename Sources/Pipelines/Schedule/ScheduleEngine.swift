/// Decides which pipelines start when. It has no clock and starts nothing itself: it is told the time and what
/// became of the runs, and answers what to do, so that a year of schedules is tested in a second.
///
/// - A pipeline seen for the first time has missed nothing. So has one whose cron expression or zone changed.
/// - A start that is dealt with more than ``tolerance`` late counts as missed.
/// - A pipeline never runs twice at a time. Starts that make up for missed ones wait for each other, whatever the
///   overlap policy says.
/// - A new start replaces a retry that still waits: a run does all that the failed one left undone.
public struct ScheduleEngine: Sendable {
    /// How late a start may be dealt with and still count as being on time.
    public static let tolerance: Duration = .seconds(60)
    /// The most starts of one pipeline that wait at a time; the oldest give way.
    public static let longestQueue = 1_000
    /// How far back starts are looked for, whatever was missed.
    public static let longestLook: Duration = .seconds(400 * 86_400)
    /// By how much a clock is set back at least to count as corrected: the schedule then goes on from the new time.
    /// Otherwise it waits for the clock to catch up, so that no start is dealt with twice.
    public static let correction: Duration = .seconds(3 * 3_600)
    /// The longest wait before a retry.
    public static let longestDelay: Duration = .seconds(86_400)

    /// The pipelines, sorted by name.
    public let pipelines: [ScheduledPipeline]
    /// What must outlive a restart; store it after every call that changes it.
    public private(set) var state: ScheduleState
    private let seed: UInt64
    /// Starts that were left out since ``takeLeftOut()`` was asked last.
    private var leftOut: [ScheduleEvent] = []

    /// Creates an engine that goes on from `state`.
    ///
    /// - Parameters:
    ///   - seed: Settles the jitter; give each machine its own.
    ///   - now: The current time; runs that `state` says are going were interrupted, and are started again.
    /// - Throws: ``PipelinesError`` of code `badConfiguration` when two pipelines have the same name.
    public init(
        _ pipelines: [ScheduledPipeline], state: ScheduleState, seed: UInt64, now: UnixTime
    ) throws(PipelinesError) {
        self.pipelines = pipelines.sorted { $0.name < $1.name }
        self.seed = seed
        self.state = state
        for (pipeline, next) in zip(self.pipelines, self.pipelines.dropFirst())
        where pipeline.name == next.name {
            throw PipelinesError(
                .badConfiguration, "two scheduled pipelines are named '\(pipeline.name)'; rename one of them",
                context: ["name": pipeline.name])
        }
        for pipeline in self.pipelines { resume(pipeline, now: now) }
    }

    /// Returns the runs to start at `now`, and notes them as going.
    ///
    /// - Parameter due: the latest time of a start that is taken; `now` if nil.
    public mutating func starts(at now: UnixTime, dueBy due: UnixTime? = nil) -> [ScheduledStart] {
        let due = due ?? now
        var starts: [ScheduledStart] = []
        for pipeline in pipelines {
            correct(pipeline, now: now)
            consider(pipeline, now: due)
            if state.entries[pipeline.name]?.running == nil, let start = takeDue(pipeline, now: due) {
                state.entries[pipeline.name]?.running = ScheduleState.Running(start: start, since: now)
                record(.started, start, at: now)
                starts.append(start)
            }
            if pipeline.settings.overlap == .skip { dropOverlapping(pipeline, now: due) }
        }
        return starts
    }

    /// Returns what was left out since the last call, for somebody to be told: it is not made up for.
    public mutating func takeLeftOut() -> [ScheduleEvent] {
        defer { leftOut = [] }
        return leftOut
    }

    /// Returns the names of the pipelines whose run has reached its timeout and must be stopped.
    public func overdue(at now: UnixTime) -> [String] {
        pipelines.filter { pipeline in
            guard let timeout = pipeline.settings.timeout,
                let began = state.entries[pipeline.name]?.running?.began
            else {
                return false
            }
            return began + timeout <= now
        }.map(\.name)
    }

    /// Notes that the work of the run of `name` has begun; its timeout counts from now on.
    public mutating func began(_ name: String, at now: UnixTime) {
        state.entries[name]?.running?.began = now
    }

    /// Notes that the run of `name` has ended; plans a retry where the schedule asks for one.
    public mutating func finished(_ name: String, _ outcome: RunOutcome, at now: UnixTime) {
        guard let pipeline = pipelines.first(where: { $0.name == name }),
            let running = state.entries[name]?.running
        else { return }
        let start = running.start
        state.entries[name]?.running = nil
        switch outcome {
        case .succeeded: record(.succeeded, start, at: now)
        case .refused: record(.refused, start, at: now)
        case .failed, .timedOut:
            record(outcome == .failed ? .failed : .timedOut, start, at: now)
            guard start.attempt <= pipeline.settings.retries else { return }
            let wait = Self.retryDelay(pipeline.settings, attempt: start.attempt)
            let retry = ScheduledStart(
                pipeline: name, scheduled: start.scheduled, notBefore: now + wait, attempt: start.attempt + 1,
                reason: .retry)
            leaveOut(enqueue([retry], pipeline), of: pipeline, at: now)
            record(.retrying, retry, at: now)
        }
    }

    /// Returns when there is next something to do, if nothing else happens until then.
    public func nextWake(after now: UnixTime) -> UnixTime? {
        pipelines.compactMap { pipeline -> UnixTime? in
            guard let entry = state.entries[pipeline.name] else { return nil }
            var times = [pipeline.cron.next(after: max(entry.considered, now))]
            if let running = entry.running {
                if let began = running.began { times.append(pipeline.settings.timeout.map { began + $0 }) }
            } else {
                times += entry.waiting.map(\.notBefore)
            }
            return times.compactMap { $0 }.min().map { max($0, now) }
        }.min()
    }

    /// Doubles the wait with each attempt after the first.
    static func retryDelay(_ settings: ScheduleSettings, attempt: Int) -> Duration {
        min(settings.retryDelay * (1 << min(attempt - 1, 20)), longestDelay)
    }

    // MARK: - One pipeline

    private mutating func resume(_ pipeline: ScheduledPipeline, now: UnixTime) {
        guard var entry = state.entries[pipeline.name] else {
            state.entries[pipeline.name] = ScheduleState.Entry(timing: pipeline.timing, considered: now)
            return
        }
        if entry.timing != pipeline.timing {
            entry.timing = pipeline.timing
            entry.considered = now
            entry.waiting = []
        }
        state.entries[pipeline.name] = entry
        correct(pipeline, now: now)
        entry = state.entries[pipeline.name] ?? entry
        let late = entry.waiting.filter { $0.reason == .scheduled && $0.notBefore < now - Self.tolerance }
        entry.waiting.removeAll { late.contains($0) }
        if let running = entry.running {
            entry.running = nil
            record(.interrupted, running.start, at: now)
            if running.start.attempt < max(3, pipeline.settings.retries + 1) {
                let again = ScheduledStart(
                    pipeline: pipeline.name, scheduled: running.start.scheduled, notBefore: now,
                    attempt: running.start.attempt + 1, reason: .interrupted)
                entry.waiting.insert(again, at: 0)
            }
        }
        // A clock that was set back must not hold back starts until it has caught up.
        entry.considered = min(entry.considered, now)
        state.entries[pipeline.name] = entry
        leaveOut(makeUp(late, hasLater: false, pipeline, now: now), of: pipeline, at: now)
    }

    /// Goes on from `now` where the clock has been set back by much: what was planned for a time that has not come is
    /// planned anew, and what waits for one waits no longer.
    private mutating func correct(_ pipeline: ScheduledPipeline, now: UnixTime) {
        guard var entry = state.entries[pipeline.name], entry.considered - Self.correction > now else {
            return
        }
        entry.considered = now
        entry.waiting.removeAll { $0.reason == .scheduled && $0.scheduled > now }
        entry.waiting = entry.waiting.map { start in
            ScheduledStart(
                pipeline: start.pipeline, scheduled: start.scheduled, notBefore: min(start.notBefore, now),
                attempt: start.attempt, reason: start.reason)
        }
        if let running = entry.running {
            entry.running?.since = min(running.since, now)
            entry.running?.began = running.began.map { min($0, now) }
        }
        state.entries[pipeline.name] = entry
    }

    /// Takes the start that is to run now out of the waiting ones. A retry gives way to any other.
    private mutating func takeDue(_ pipeline: ScheduledPipeline, now: UnixTime) -> ScheduledStart? {
        let waiting = state.entries[pipeline.name]?.waiting ?? []
        let due = waiting.filter { $0.notBefore <= now }
        guard let start = due.first(where: { $0.reason != .retry }) ?? due.first else { return nil }
        state.entries[pipeline.name]?.waiting = waiting.filter { $0 != start && $0.reason != .retry }
        return start
    }

    /// Forgets the starts whose time has come while a run is going.
    private mutating func dropOverlapping(_ pipeline: ScheduledPipeline, now: UnixTime) {
        guard let entry = state.entries[pipeline.name], entry.running != nil else { return }
        let dropped = entry.waiting.filter { $0.reason == .scheduled && $0.notBefore <= now }
        state.entries[pipeline.name]?.waiting.removeAll { dropped.contains($0) }
        for start in dropped { record(.overlapped, start, at: now) }
    }

    /// Turns the starts since the last call into waiting ones, as the policies say.
    private mutating func consider(_ pipeline: ScheduledPipeline, now: UnixTime) {
        guard let entry = state.entries[pipeline.name], entry.considered < now else { return }
        let onTime = max(entry.considered, now - Self.tolerance)
        let (late, older) = starts(of: pipeline, after: entry.considered, upTo: onTime)
        let (recent, _) = starts(of: pipeline, after: onTime, upTo: now)
        // Jitter may delay a start whose time was missed to a moment that was not.
        let missed = late.filter { $0.notBefore <= onTime }
        let delayed = late.filter { $0.notBefore > onTime }
        state.entries[pipeline.name]?.considered = now
        let hasLater = !(delayed + recent).isEmpty
        let lost = makeUp(missed, hasLater: hasLater, pipeline, now: now, older: older)
        leaveOut(enqueue(delayed + recent, pipeline, older: lost), of: pipeline, at: now)
    }

    /// The starts that the expression gives after `begin`, with their jitter, and how many were left out of those that
    /// are wanted. Of very many, only those that a policy can use: those that jitter may still delay and the one
    /// before, or the last ``longestQueue`` of ``longestLook``.
    private func starts(
        of pipeline: ScheduledPipeline, after begin: UnixTime, upTo end: UnixTime
    ) -> (starts: [ScheduledStart], older: LeftOut) {
        var older = LeftOut()
        guard begin < end else { return ([], older) }
        var times: [UnixTime] = []
        var from = max(begin, end - Self.longestLook)
        if pipeline.settings.missed != .runAll {
            let settled = max(begin, end - pipeline.settings.jitter - Self.tolerance)
            times = pipeline.cron.last(upTo: settled, after: begin).map { [$0] } ?? []
            from = settled
        }
        var next = pipeline.cron.next(after: from)
        while let time = next, time <= end {
            times.append(time)
            if times.count > 2 * Self.longestQueue { older.cut(&times, to: Self.longestQueue) }
            next = pipeline.cron.next(after: time)
        }
        older.cut(&times, to: Self.longestQueue)
        let starts = times.map { time in
            ScheduledStart(
                pipeline: pipeline.name, scheduled: time,
                notBefore: time + pipeline.delay(at: time, seed: seed),
                attempt: 1, reason: .scheduled)
        }
        return (starts, older)
    }

    /// Starts that nobody is going to make.
    private struct LeftOut {
        var count = 0
        var last: UnixTime?

        mutating func cut(_ times: inout [UnixTime], to length: Int) {
            let excess = times.count - length
            guard excess > 0 else { return }
            count += excess
            last = times[excess - 1]
            times.removeFirst(excess)
        }

        mutating func add(_ starts: some Collection<ScheduledStart>) {
            count += starts.count
            last = starts.map(\.scheduled).max().map { max($0, last ?? $0) } ?? last
        }
    }

    /// Deals with missed starts, oldest first.
    ///
    /// - Returns: those that were to be made up for and are not, `older` among them.
    private mutating func makeUp(
        _ missed: [ScheduledStart], hasLater: Bool, _ pipeline: ScheduledPipeline, now: UnixTime,
        older: LeftOut = LeftOut()
    ) -> LeftOut {
        guard let last = missed.last else { return LeftOut() }
        let made: [ScheduledStart]
        switch pipeline.settings.missed {
        case .skip:
            record(.missed, last, at: now)
            return LeftOut()
        case .runOnce:
            // A start that is due anyway makes up for all of them, and so does one that waits.
            let isCovered = hasLater || state.entries[pipeline.name]?.waiting.isEmpty == false
            made = isCovered ? [] : [last]
        case .runAll: made = missed
        }
        let starts = made.map { start in
            ScheduledStart(
                pipeline: pipeline.name, scheduled: start.scheduled, notBefore: now, attempt: 1,
                reason: .missed)
        }
        // Each of them was to run.
        let isWanted = pipeline.settings.missed == .runAll
        return enqueue(starts, pipeline, older: isWanted ? older : LeftOut())
    }

    /// Has starts wait.
    ///
    /// - Returns: those that give way, added to `older`.
    private mutating func enqueue(
        _ starts: [ScheduledStart], _ pipeline: ScheduledPipeline, older: LeftOut = LeftOut()
    ) -> LeftOut {
        var older = older
        guard var waiting = state.entries[pipeline.name]?.waiting else { return older }
        waiting += starts
        let excess = waiting.count - Self.longestQueue
        if excess > 0 {
            older.add(waiting.prefix(excess))
            waiting.removeFirst(excess)
        }
        state.entries[pipeline.name]?.waiting = waiting
        return older
    }

    private mutating func leaveOut(_ starts: LeftOut, of pipeline: ScheduledPipeline, at now: UnixTime) {
        guard let last = starts.last else { return }
        let event = ScheduleEvent(
            time: now, pipeline: pipeline.name, kind: .leftOut, scheduled: last, attempt: 1,
            count: starts.count)
        leftOut.append(event)
        record(event)
    }

    private mutating func record(_ kind: ScheduleEvent.Kind, _ start: ScheduledStart, at now: UnixTime) {
        record(
            ScheduleEvent(
                time: now, pipeline: start.pipeline, kind: kind, scheduled: start.scheduled,
                attempt: start.attempt))
    }

    private mutating func record(_ event: ScheduleEvent) {
        state.history.append(event)
        if state.history.count > ScheduleState.historyLength {
            state.history.removeFirst(state.history.count - ScheduleState.historyLength)
        }
    }
}
