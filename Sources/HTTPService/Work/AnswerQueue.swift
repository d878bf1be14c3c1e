import Foundation
import Synchronization

/// Questions that wait, are being got ready, or are answered side by side, behind a queue of bounded length.
///
/// A question is got ready (``TicketPreparation``) as soon as there is room for its answer, and joins the others between
/// two of their tokens; where nobody else asks it waits for nothing, and nobody else waits for it.
final class AnswerQueue: Sendable {
    private struct State: Sendable {
        var waiting: [AnswerTicket] = []
        var ready: [TicketPreparation.Ready] = []
        /// Questions that are being got ready or answered.
        var working = 0
        var isClosed = false
    }

    private let condition = NSCondition()
    private let state = Mutex(State())
    private let capacity: Int
    private let width: Int
    private let preparation: TicketPreparation
    private let finishing: AnswerFinishing

    /// - Parameters:
    ///   - capacity: questions that may wait.
    ///   - width: questions that are answered side by side, those included that are being got ready.
    ///   - makeWork: makes what answers, on the thread.
    init(
        capacity: Int, width: Int, preparation: TicketPreparation, finishing: AnswerFinishing,
        makeWork: @escaping @Sendable () -> AnswerWork
    ) {
        self.capacity = capacity
        self.width = width
        self.preparation = preparation
        self.finishing = finishing
        let thread = Thread { [self] in
            let work = makeWork()
            while let ready = next(work.count) {
                for answer in ready { work.join(answer) }
                let left = work.advance()
                guard !left.isEmpty else { continue }
                leave(left.count)
                for answer in left { finishing.finish(answer) }
            }
            preparation.close()
            finishing.close()
        }
        thread.stackSize = 8 << 20
        thread.name = "pharos answers"
        thread.start()
    }

    /// Questions waiting, and questions being got ready or answered.
    var lengths: (waiting: Int, working: Int) { state.withLock { ($0.waiting.count, $0.working) } }

    /// Takes on a question.
    ///
    /// - Returns: false where the queue is full or closed.
    func add(_ ticket: AnswerTicket) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.waiting.count < capacity + max(0, width - state.working) else {
                return false
            }
            state.waiting.append(ticket)
            return true
        }
        admit()
        return isTaken
    }

    /// Takes on nothing more; what waits is still answered.
    func close() { change { $0.isClosed = true } }

    /// Has as many questions got ready as there is room for.
    private func admit() {
        while let ticket = nextTicket() {
            preparation.prepare(ticket) { [self] result in
                switch result {
                case .success(let ready):
                    change { $0.ready.append(ready) }
                case .failure(let error):
                    leave(1)
                    finishing.fail(ticket, error)
                }
            }
        }
    }

    private func nextTicket() -> AnswerTicket? {
        state.withLock { state in
            guard state.working < width, !state.waiting.isEmpty else { return nil }
            state.working += 1
            return state.waiting.removeFirst()
        }
    }

    /// Makes room for as many questions as have got their answers.
    private func leave(_ count: Int) {
        change { $0.working -= count }
        admit()
    }

    private func change(_ body: (inout State) -> Void) {
        condition.lock()
        state.withLock { body(&$0) }
        condition.signal()
        condition.unlock()
    }

    /// The questions that are to join the `working` others; waits for one where there are none. Nil where none will come.
    private func next(_ working: Int) -> [TicketPreparation.Ready]? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let (ready, isOver) = state.withLock { state in
                defer { state.ready = [] }
                return (state.ready, state.isClosed && state.working == 0 && state.waiting.isEmpty)
            }
            if !ready.isEmpty || working > 0 { return ready }
            if isOver { return nil }
            condition.wait()
        }
    }
}
