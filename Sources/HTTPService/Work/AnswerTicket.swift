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
    /// When the client's patience ends.
    let deadline: ContinuousClock.Instant
    private let output: AsyncStream<Event>.Continuation
    private let cancelled = Mutex(false)

    init(_ order: AnswerOrder, deadline: ContinuousClock.Instant) {
        self.order = order
        self.deadline = deadline
        (events, output) = AsyncStream.makeStream()
    }

    /// Has the answering stop at the next piece of text.
    func cancel() { cancelled.withLock { $0 = true } }

    /// Throws where nobody waits for the answer any more.
    func check() throws {
        if cancelled.withLock({ $0 }) { throw ServiceError.cancelled }
        guard ContinuousClock.now < deadline else {
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
