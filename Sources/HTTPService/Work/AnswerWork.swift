import Answering

/// The questions that are being answered side by side; lives on the thread that answers, and does nothing else there.
final class AnswerWork {
    /// A question that leaves with its answer, or without one.
    struct Left {
        let ticket: AnswerTicket
        let answerer: StoreAnswerer
        let result: Result<EndedAnswer, any Error>
    }

    private let batch: AnswerBatch
    private let metrics: ServiceMetrics
    private var asked: [Int: TicketPreparation.Ready] = [:]

    init(_ answerer: StoreAnswerer, metrics: ServiceMetrics) {
        self.metrics = metrics
        batch = AnswerBatch(answerer.loaded, context: answerer.context)
    }

    /// Questions being answered.
    var count: Int { asked.count }

    /// Goes on with a question beside the others.
    func join(_ ready: TicketPreparation.Ready) {
        let ticket = ready.ticket
        var isFirst = true
        let number = batch.join(ready.answer) { [metrics] text in
            if isFirst { metrics.noteFirstText(seconds: ticket.seconds) }
            isFirst = false
            ticket.write(text)
        }
        asked[number] = ready
    }

    /// Takes every answer a token further, and lets go of those that nobody waits for any more.
    ///
    /// - Returns: those that have left.
    func advance() -> [Left] {
        var left: [Left] = []
        func leave(_ number: Int, _ result: Result<EndedAnswer, any Error>) {
            guard let item = asked.removeValue(forKey: number) else { return }
            left.append(Left(ticket: item.ticket, answerer: item.answerer, result: result))
        }
        for (number, item) in asked {
            do {
                try item.ticket.check()
            } catch {
                batch.remove(number)
                leave(number, .failure(error))
            }
        }
        for finished in batch.step() { leave(finished.number, finished.result) }
        return left
    }
}
