import Answering
import Logging

/// Takes questions, has them got ready and answered side by side on threads of their own, and refuses what is too much.
struct AnswerDesk: Sendable {
    let preparation: TicketPreparation
    private let queue: AnswerQueue
    private let limits: ServiceLimits
    private let metrics: ServiceMetrics

    init(_ answerer: StoreAnswerer, limits: ServiceLimits, metrics: ServiceMetrics, logger: Logger) {
        self.limits = limits
        self.metrics = metrics
        let finishing = AnswerFinishing(metrics: metrics, logger: logger)
        preparation = TicketPreparation(
            answerer, capacity: limits.sideBySide, memoryBytes: limits.memoryBytes)
        queue = AnswerQueue(
            capacity: limits.queue, width: limits.sideBySide, preparation: preparation, finishing: finishing
        ) {
            AnswerWork(answerer, metrics: metrics)
        }
    }

    /// Questions waiting, and questions being answered.
    var lengths: (waiting: Int, working: Int) { queue.lengths }

    /// Takes on a question.
    ///
    /// - Throws: ``ServiceError`` of status 429 where too many are waiting.
    func take(_ order: AnswerOrder) throws -> AnswerTicket {
        let ticket = AnswerTicket(order, patience: .seconds(limits.answerSeconds))
        guard queue.add(ticket) else {
            let (waiting, working) = queue.lengths
            let rounds = Double(waiting + working) / Double(limits.sideBySide)
            metrics.noteAnswer("busy", seconds: 0)
            throw ServiceError.busy(
                "\(limits.queue) questions are waiting already; ask again in a while",
                retryAfter: min(60, max(1, Int((metrics.meanAnswerSeconds * rounds).rounded(.up)))))
        }
        return ticket
    }

    /// Takes on no more questions; those that wait are still answered.
    func close() { queue.close() }
}
