import Foundation
import Synchronization

/// A thread that does blocking work in the order in which it comes, behind a queue of bounded length.
///
/// Catalog reads and uploads block, and what answers need computes for long. Each kind has its own thread, so that
/// neither the event loops nor the cooperative pool ever wait for one.
final class WorkLine: Sendable {
    private struct State: Sendable {
        var waiting: [@Sendable () -> Void] = []
        var isWorking = false
        var isClosed = false
    }

    private let condition = NSCondition()
    private let state = Mutex(State())
    private let capacity: Int

    /// - Parameter capacity: pieces of work that may wait for the one that is being done.
    init(name: String, capacity: Int) {
        self.capacity = capacity
        let thread = Thread { [self] in
            while let work = next() { work() }
        }
        thread.stackSize = 8 << 20
        thread.name = name
        thread.start()
    }

    /// Pieces of work waiting or being done.
    var length: Int { state.withLock { $0.waiting.count + ($0.isWorking ? 1 : 0) } }

    /// Takes on `work`.
    ///
    /// - Returns: false where the queue is full or closed; the work is not done then.
    func add(_ work: @escaping @Sendable () -> Void) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.waiting.count < capacity || !state.isWorking && state.waiting.isEmpty
            else { return false }
            state.waiting.append(work)
            return true
        }
        condition.signal()
        return isTaken
    }

    /// Does `body` on the thread and gives its result.
    ///
    /// - Throws: what `body` throws, and ``ServiceError/busy(_:retryAfter:)`` where the queue is full.
    func perform<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let isTaken = add { continuation.resume(with: Swift.Result { try body() }) }
            if !isTaken {
                continuation.resume(throwing: ServiceError.busy("too many requests at a time", retryAfter: 1))
            }
        }
    }

    /// Takes on nothing more; what waits is still done.
    func close() {
        condition.lock()
        state.withLock { $0.isClosed = true }
        condition.signal()
        condition.unlock()
    }

    private func next() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        state.withLock { $0.isWorking = false }
        while true {
            let (work, isClosed) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
                guard !state.waiting.isEmpty else { return (nil, state.isClosed) }
                state.isWorking = true
                return (state.waiting.removeFirst(), false)
            }
            if let work { return work }
            if isClosed { return nil }
            condition.wait()
        }
    }
}
