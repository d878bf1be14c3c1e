import Answering
import Logging

/// Gets questions ready to be answered beside those that are: each is chosen for and read on one thread, and what is not
/// at hand is restored on another, so that a question about what is at hand does not wait for it either.
final class TicketPreparation: Sendable {
    /// A question that has been read.
    struct Ready: Sendable {
        let ticket: AnswerTicket
        let answerer: StoreAnswerer
        let answer: PreparedAnswer
    }

    let reading: WorkLine
    let restoring: WorkLine
    private let answerer: StoreAnswerer
    private let preparation: AnswerPreparation

    /// - Parameters:
    ///   - capacity: questions that are got ready at a time.
    ///   - memoryBytes: what restored documents may take up.
    init(_ answerer: StoreAnswerer, capacity: Int, memoryBytes: Int) {
        self.answerer = answerer
        preparation = AnswerPreparation(memoryBytes: memoryBytes)
        reading = WorkLine(name: "pharos reading", capacity: capacity)
        restoring = WorkLine(name: "pharos restoring", capacity: capacity)
    }

    /// Gets a question ready and hands it to `deliver`, or what keeps it from being answered.
    func prepare(_ ticket: AnswerTicket, _ deliver: @escaping @Sendable (Result<Ready, any Error>) -> Void) {
        let own = StoreAnswerer(
            store: answerer.store, collection: ticket.order.collection, loaded: answerer.loaded,
            normaliser: answerer.normaliser, context: answerer.context)
        perform(on: reading, deliver) { [self] in
            try ticket.check()
            let chosen = try preparation.choose(ticket.order.question, of: own, ticket.order.choice)
            if let restored = preparation.find(chosen) {
                return deliver(.success(try read(restored, for: ticket, own)))
            }
            perform(on: restoring, deliver) { [self] in
                try ticket.check()
                let restored = try preparation.restore(chosen, check: ticket.check)
                perform(on: reading, deliver) { [self] in
                    deliver(.success(try read(restored, for: ticket, own)))
                }
            }
        }
    }

    /// Lets the threads end.
    func close() {
        reading.close()
        restoring.close()
    }

    private func read(
        _ restored: AnswerPreparation.Restored, for ticket: AnswerTicket, _ answerer: StoreAnswerer
    ) throws -> Ready {
        try ticket.check()
        return Ready(
            ticket: ticket, answerer: answerer,
            answer: try preparation.read(restored, options: ticket.order.options, check: ticket.check))
    }

    /// Does `body` on a thread; what it throws is delivered.
    private func perform(
        on line: WorkLine, _ deliver: @escaping @Sendable (Result<Ready, any Error>) -> Void,
        _ body: @escaping @Sendable () throws -> Void
    ) {
        let isTaken = line.add {
            do { try body() } catch { deliver(.failure(error)) }
        }
        if !isTaken { deliver(.failure(ServiceError.stopping)) }
    }
}
