import Answering
import CacheStorage
import Foundation
import Logging

/// Hands finished answers to those who asked, with their citations, which it finds on a thread of its own.
final class AnswerFinishing: Sendable {
    private let line = WorkLine(name: "pharos citations", capacity: .max)
    private let metrics: ServiceMetrics
    private let logger: Logger

    init(metrics: ServiceMetrics, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    func finish(_ left: AnswerWork.Left) {
        let (ticket, answerer) = (left.ticket, left.answerer)
        let ended: EndedAnswer
        switch left.result {
        case .success(let answer): ended = answer
        case .failure(let error): return fail(ticket, error)
        }
        let isTaken = line.add { [self] in
            let answer = ended.complete()
            metrics.noteTokens(
                reused: answer.reusedTokens, computed: answer.computedTokens, generated: answer.tokens.count)
            noteUse(of: answer, with: answerer)
            metrics.noteAnswer("done", seconds: ticket.seconds)
            ticket.finish(.answer(answer))
        }
        if !isTaken { fail(ticket, ServiceError.stopping) }
    }

    func fail(_ ticket: AnswerTicket, _ error: any Error) {
        let failure = ServiceError(error)
        if failure.status >= 500, !(error is ServiceError) {
            logger.error("no answer", metadata: ["error": "\(error)"])
        }
        metrics.noteAnswer(failure.code, seconds: ticket.seconds)
        ticket.finish(.failure(failure))
    }

    /// What is waiting is still finished.
    func close() { line.close() }

    /// Lets `prune` see which caches are in use; the answer goes out whether that can be noted or not.
    private func noteUse(of answer: Answer, with answerer: StoreAnswerer) {
        do {
            let caches = try answer.documents.flatMap {
                try answerer.store.findDocument($0, in: answerer.collection)?.caches ?? []
            }
            try answerer.store.noteUse(of: caches, at: Int(Date().timeIntervalSince1970))
        } catch {
            logger.error("the use of caches was not noted", metadata: ["error": "\(error)"])
        }
    }
}
