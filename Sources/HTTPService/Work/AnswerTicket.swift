import Answering
import Synchronization

/// A question that is waiting for its answer, or being answered.
final class AnswerTicket: Sendable {
    /// What becomes of a question, in order; the last one is `answer` or `failure`.
    enum Event: Sendable {
        case text(String)
        case answer(Answer)
        case failure(ServiceError)
    }

    let order: AnswerOrder
    let events: AsyncStream<Event>
    private let begin = ContinuousClock.now
    private let patience: Duration
    private let output: AsyncStream<Event>.Continuation
    private let cancelled = Mutex(false)

    /// - Parameter patience: how long the client waits for the answer's end.
    init(_ order: AnswerOrder, patience: Duration) {
        self.order = order
        self.patience = patience
        (events, output) = AsyncStream.makeStream()
    }

    /// Seconds since the question came.
    var seconds: Double { (ContinuousClock.now - begin).inSeconds }

    /// Has the answering stop at the next token.
    func cancel() { cancelled.withLock { $0 = true } }

    /// Throws where nobody waits for the answer any more.
    func check() throws {
        if cancelled.withLock({ $0 }) { throw ServiceError.cancelled }
        guard ContinuousClock.now - begin < patience else {
            throw ServiceError(
                503, "timeout", "the answer took longer than the service allows", retryAfter: 5)
        }
    }

    func write(_ text: String) { output.yield(.text(text)) }

    func finish(_ event: Event) {
        output.yield(event)
        output.finish()
    }
}
