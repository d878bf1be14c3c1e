import Answering
import Foundation
import Synchronization

/// A thread that answers questions side by side, behind a queue of bounded length.
///
/// A question joins as soon as there is room, between two tokens of the others; where nobody else asks it waits for
/// nothing.
final class AnswerQueue: Sendable {
    private struct State: Sendable {
        var waiting: [AnswerTicket] = []
        var working = 0
        var isClosed = false
    }

    private let condition = NSCondition()
    private let state = Mutex(State())
    private let capacity: Int
    private let width: Int

    /// - Parameters:
    ///   - capacity: questions that may wait.
    ///   - width: questions that are answered side by side.
    ///   - makeWork: makes what answers, on the thread.
    init(capacity: Int, width: Int, makeWork: @escaping @Sendable () -> AnswerWork) {
        self.capacity = capacity
        self.width = width
        let thread = Thread { [self] in
            let work = makeWork()
            while true {
                switch next(work.count) {
                case .end: return
                case .question(let ticket): work.begin(ticket)
                case .nothing: break
                }
                work.advance()
            }
        }
        thread.stackSize = 8 << 20
        thread.name = "pharos answers"
        thread.start()
    }

    /// Questions waiting, and questions being answered.
    var lengths: (waiting: Int, working: Int) { state.withLock { ($0.waiting.count, $0.working) } }

    /// Takes on a question.
    ///
    /// - Returns: false where the queue is full or closed.
    func add(_ ticket: AnswerTicket) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.waiting.count < capacity + max(0, width - state.working) else {
                return false
            }
            state.waiting.append(ticket)
            return true
        }
        condition.signal()
        return isTaken
    }

    /// Takes on nothing more; what waits is still answered.
    func close() {
        condition.lock()
        state.withLock { $0.isClosed = true }
        condition.signal()
        condition.unlock()
    }

    private enum Next {
        case question(AnswerTicket)
        case nothing
        case end
    }

    /// The question that is to join the `working` others; waits for one where there are none.
    private func next(_ working: Int) -> Next {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let next = state.withLock { state -> Next? in
                state.working = working
                if working < width, !state.waiting.isEmpty {
                    state.working += 1
                    return .question(state.waiting.removeFirst())
                }
                if working > 0 { return .nothing }
                return state.isClosed ? .end : nil
            }
            if let next { return next }
            condition.wait()
        }
    }
}
