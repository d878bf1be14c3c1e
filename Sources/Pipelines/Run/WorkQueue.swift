import Foundation
import Synchronization

/// Threads that take work from a queue of bounded length, so that reading never runs far ahead of computing.
///
/// Long computations belong on threads of their own, not on the cooperative pool.
final class WorkQueue<Item: Sendable>: Sendable {
    private struct State: Sendable {
        var items: [Item] = []
        var isClosed = false
        var running: Int
        var failure: (any Error)?
    }

    private let condition = NSCondition()
    private let state: Mutex<State>
    private let capacity: Int

    /// - Parameters:
    ///   - workers: threads; each calls `make` once for the function that works for it.
    init(workers: Int, make: @escaping @Sendable (Int) throws -> (Item) throws -> Void) {
        capacity = workers
        state = Mutex(State(running: workers))
        for number in 0..<workers {
            let thread = Thread { [self] in run(number, make) }
            thread.stackSize = 8 << 20
            thread.name = "pharos worker \(number)"
            thread.start()
        }
    }

    /// Hands over an item, waiting while the queue is full; throws what a worker threw.
    func add(_ item: Item) throws {
        try waiting { state -> Void? in
            if let failure = state.failure { throw failure }
            guard state.items.count < capacity else { return nil }
            state.items.append(item)
            return ()
        }
    }

    /// Waits until all items are done; throws what a worker threw.
    func finish() throws {
        update { $0.isClosed = true }
        try waiting { state -> Void? in
            guard state.running == 0 else { return nil }
            if let failure = state.failure { throw failure }
            return ()
        }
    }

    private func run(_ number: Int, _ make: (Int) throws -> (Item) throws -> Void) {
        do {
            let work = try make(number)
            while let item = next() { try work(item) }
        } catch {
            update { if $0.failure == nil { $0.failure = error } }
        }
        update { $0.running -= 1 }
    }

    private func next() -> Item? {
        waiting { state -> Item?? in
            if state.failure != nil { return .some(nil) }
            if !state.items.isEmpty { return state.items.removeFirst() }
            return state.isClosed ? .some(nil) : nil
        }
    }

    private func update(_ change: (inout State) -> Void) {
        condition.lock()
        state.withLock { change(&$0) }
        condition.broadcast()
        condition.unlock()
    }

    /// Calls `attempt` after every change until it gives a result.
    private func waiting<Result>(_ attempt: (inout State) throws -> Result?) rethrows -> Result {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = try state.withLock({ try attempt(&$0) }) {
                condition.broadcast()
                return result
            }
            condition.wait()
        }
    }
}
