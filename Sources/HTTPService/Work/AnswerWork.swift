import Answering
import CacheStorage
import Foundation
import Logging

/// The questions that are being answered side by side; lives on the thread that answers.
final class AnswerWork {
    private struct Asked {
        let ticket: AnswerTicket
        let answerer: StoreAnswerer
    }

    private let answerer: StoreAnswerer
    private let batch: AnswerBatch
    private let metrics: ServiceMetrics
    private let logger: Logger
    private var asked: [Int: Asked] = [:]

    /// - Parameter memoryBytes: what restored documents may take up.
    init(_ answerer: StoreAnswerer, memoryBytes: Int, metrics: ServiceMetrics, logger: Logger) {
        self.answerer = answerer
        self.metrics = metrics
        self.logger = logger
        batch = AnswerBatch(answerer.loaded, context: answerer.context, memoryBytes: memoryBytes)
    }

    /// Questions being answered.
    var count: Int { asked.count }

    /// Has a question join the others.
    func begin(_ ticket: AnswerTicket) {
        do {
            try ticket.check()
            let own = StoreAnswerer(
                store: answerer.store, collection: ticket.order.collection, loaded: answerer.loaded,
                normaliser: answerer.normaliser, context: answerer.context)
            var isFirst = true
            let number = try batch.add(
                ticket.order.question, of: own, choice: ticket.order.choice, options: ticket.order.options
            ) { [metrics] text in
                if isFirst { metrics.noteFirstText(seconds: ticket.seconds) }
                isFirst = false
                ticket.write(text)
            }
            asked[number] = Asked(ticket: ticket, answerer: own)
        } catch {
            fail(ticket, error)
        }
    }

    /// Takes every answer a token further, and lets go of those that nobody waits for any more.
    func advance() {
        for (number, item) in asked {
            do {
                try item.ticket.check()
            } catch {
                batch.remove(number)
                asked[number] = nil
                fail(item.ticket, error)
            }
        }
        for finished in batch.step() {
            guard let item = asked.removeValue(forKey: finished.number) else { continue }
            do {
                let answer = try finished.result.get()
                metrics.noteTokens(
                    reused: answer.reusedTokens, computed: answer.computedTokens,
                    generated: answer.tokens.count)
                noteUse(of: answer, with: item.answerer)
                metrics.noteAnswer("done", seconds: item.ticket.seconds)
                item.ticket.finish(.answer(answer))
            } catch {
                fail(item.ticket, error)
            }
        }
    }

    private func fail(_ ticket: AnswerTicket, _ error: any Error) {
        let failure = ServiceError(error)
        if failure.status >= 500, !(error is ServiceError) {
            logger.error("no answer", metadata: ["error": "\(error)"])
        }
        metrics.noteAnswer(failure.code, seconds: ticket.seconds)
        ticket.finish(.failure(failure))
    }

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
