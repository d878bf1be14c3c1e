import Answering
import CacheStorage
import Foundation
import Logging

/// Takes questions, answers one at a time on a thread of its own, and refuses what is too much.
struct AnswerDesk: Sendable {
    private let answerer: StoreAnswerer
    private let line: WorkLine
    private let limits: ServiceLimits
    private let metrics: ServiceMetrics
    private let logger: Logger

    init(_ answerer: StoreAnswerer, limits: ServiceLimits, metrics: ServiceMetrics, logger: Logger) {
        self.answerer = answerer
        self.limits = limits
        self.metrics = metrics
        self.logger = logger
        line = WorkLine(name: "pharos answers", capacity: limits.queue)
    }

    /// Questions waiting or being answered.
    var length: Int { line.length }

    /// Takes on a question.
    ///
    /// - Throws: ``ServiceError`` of status 429 where too many are waiting.
    func take(_ order: AnswerOrder) throws -> AnswerTicket {
        let clock = ContinuousClock()
        let begin = clock.now
        let ticket = AnswerTicket(order, deadline: begin + .seconds(limits.answerSeconds))
        let isTaken = line.add {
            do {
                let answer = try answer(ticket, since: begin)
                metrics.noteAnswer("done", seconds: (clock.now - begin).inSeconds)
                ticket.finish(.answer(answer))
            } catch {
                let failure = ServiceError(error)
                if failure.status >= 500, !(error is ServiceError) {
                    logger.error("no answer", metadata: ["error": "\(error)"])
                }
                metrics.noteAnswer(failure.code, seconds: (clock.now - begin).inSeconds)
                ticket.finish(.failure(failure))
            }
        }
        guard isTaken else {
            let seconds = metrics.meanAnswerSeconds * Double(line.length)
            metrics.noteAnswer("busy", seconds: 0)
            throw ServiceError.busy(
                "\(limits.queue) questions are waiting already; ask again in a while",
                retryAfter: min(60, max(1, Int(seconds.rounded(.up)))))
        }
        return ticket
    }

    /// Takes on no more questions; those that wait are still answered.
    func close() { line.close() }

    private func answer(_ ticket: AnswerTicket, since begin: ContinuousClock.Instant) throws -> Answer {
        try ticket.check()
        let clock = ContinuousClock()
        var isFirst = true
        let own = StoreAnswerer(
            store: answerer.store, collection: ticket.order.collection, loaded: answerer.loaded,
            normaliser: answerer.normaliser, context: answerer.context)
        let answer = try own.answer(
            ticket.order.question, choice: ticket.order.choice, options: ticket.order.options
        ) { text in
            if isFirst { metrics.noteFirstText(seconds: (clock.now - begin).inSeconds) }
            isFirst = false
            try ticket.check()
            ticket.write(text)
        }
        metrics.noteTokens(
            reused: answer.reusedTokens, computed: answer.computedTokens, generated: answer.tokens.count)
        try noteUse(of: answer, with: own)
        return answer
    }

    /// Lets `prune` see which caches are in use.
    private func noteUse(of answer: Answer, with answerer: StoreAnswerer) throws {
        let caches = try answer.documents.compactMap {
            try answerer.store.findDocument($0, in: answerer.collection)?.cache
        }
        try answerer.store.noteUse(of: caches, at: Int(Date().timeIntervalSince1970))
    }
}
