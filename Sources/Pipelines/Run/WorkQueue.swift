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

    typealias Maker = @Sendable (Int) throws -> (Item) throws -> Void

    private let condition = NSCondition()
    /// Let go of when the work is done, so that what it holds is free again while a thread still winds down.
    private let make: Mutex<Maker?>
    private let state: Mutex<State>
    private let capacity: Int

    /// - Parameters:
    ///   - workers: threads; each calls `make` once for the function that works for it.
    init(workers: Int, make: @escaping Maker) {
        capacity = workers
        self.make = Mutex(make)
        state = Mutex(State(running: workers))
        for number in 0..<workers {
            let thread = Thread { [self] in run(number) }
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
        waiting { state -> Void? in state.running == 0 ? () : nil }
        make.withLock { $0 = nil }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func run(_ number: Int) {
        do {
            try work(number)
        } catch {
            update { if $0.failure == nil { $0.failure = error } }
        }
        update { $0.running -= 1 }
    }

    private func work(_ number: Int) throws {
        guard let work = try make.withLock({ $0 })?(number) else { return }
        while let item = next() { try work(item) }
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
