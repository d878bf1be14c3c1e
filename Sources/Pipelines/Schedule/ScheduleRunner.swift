/// Runs pipelines by their schedules until it is cancelled.
///
/// The state is written after every change and before a run begins, so that a scheduler killed at any moment knows
/// what it had started.
public struct ScheduleRunner: Sendable {
    /// Runs one start of a pipeline to its end; when its task is cancelled it stops soon and returns.
    ///
    /// The second argument is called when the work begins: a run that has to wait for another does not use up its
    /// timeout meanwhile.
    public typealias Run =
        @Sendable (ScheduledStart, _ begins: @escaping @Sendable () -> Void) async -> RunOutcome

    private let pipelines: [ScheduledPipeline]
    private let stateFile: ScheduleStateFile
    private let clock: any ScheduleClock
    private let seed: UInt64
    private let tell: @Sendable (ScheduleEvent) -> Void
    private let run: Run

    /// Creates a runner.
    ///
    /// - Parameters:
    ///   - seed: Settles the jitter; give each machine its own.
    ///   - tell: Told of starts that are left out.
    public init(
        _ pipelines: [ScheduledPipeline], stateFile: ScheduleStateFile, seed: UInt64,
        clock: any ScheduleClock, tell: @escaping @Sendable (ScheduleEvent) -> Void = { _ in },
        run: @escaping Run
    ) {
        self.pipelines = pipelines
        self.stateFile = stateFile
        self.seed = seed
        self.clock = clock
        self.tell = tell
        self.run = run
    }

    private enum Message: Sendable {
        case began(String)
        case ended(String, RunOutcome)
        case woke
    }

    /// Runs what is due, and goes on until the task is cancelled; with `once`, until what was due at the beginning has
    /// ended, one start of a pipeline after another.
    ///
    /// On cancellation the runs that are going are cancelled too and waited for. They stay noted as going, so that
    /// the next scheduler takes them up again.
    /// - Throws: ``PipelinesError`` when the state cannot be read or written, or two pipelines have the same name.
    public func perform(once: Bool = false) async throws {
        var stored = try stateFile.read()
        let begin = clock.now
        var engine = try ScheduleEngine(pipelines, state: stored, seed: seed, now: begin)
        var tasks: [String: Task<Void, Never>] = [:]
        var overdue: Set<String> = []
        let (messages, sender) = AsyncStream.makeStream(of: Message.self)
        var inbox = messages.makeAsyncIterator()
        do {
            while true {
                let starts = engine.starts(at: clock.now, dueBy: once ? begin : nil)
                if engine.state != stored {
                    try stateFile.write(engine.state)
                    stored = engine.state
                }
                for event in engine.takeLeftOut() { tell(event) }
                for start in starts {
                    let run = run
                    let name = start.pipeline
                    tasks[name] = Task {
                        sender.yield(.ended(name, await run(start) { sender.yield(.began(name)) }))
                    }
                }
                if once, tasks.isEmpty { break }
                let message = await next(&inbox, wake: engine.nextWake(after: clock.now), sender)
                guard let message else { break }
                switch message {
                case .began(let name): engine.began(name, at: clock.now)
                case .ended(let name, let outcome):
                    tasks[name] = nil
                    let isLate = overdue.remove(name) != nil && outcome != .succeeded
                    engine.finished(name, isLate ? .timedOut : outcome, at: clock.now)
                case .woke: break
                }
                for name in engine.overdue(at: clock.now) where overdue.insert(name).inserted {
                    tasks[name]?.cancel()
                }
            }
        } catch {
            await stop(tasks)
            throw error
        }
        await stop(tasks)
    }

    /// Waits for the end of a run or for `wake`; returns nil when the task is cancelled.
    private func next(
        _ inbox: inout AsyncStream<Message>.Iterator, wake: UnixTime?,
        _ sender: AsyncStream<Message>.Continuation
    ) async -> Message? {
        let clock = clock
        let sleeper = Task {
            await clock.wait(until: wake)
            if !Task.isCancelled { sender.yield(.woke) }
        }
        defer { sleeper.cancel() }
        return await inbox.next(isolation: nil)
    }

    private func stop(_ tasks: [String: Task<Void, Never>]) async {
        for task in tasks.values { task.cancel() }
        for task in tasks.values { await task.value }
    }
}
