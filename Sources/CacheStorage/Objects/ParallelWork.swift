import Dispatch

/// Work divided over threads of its own.
enum ParallelWork {
    /// Calls `body` with 0 to `count - 1`, at the same time where the machine allows, and waits for all.
    static func perform(_ count: Int, _ body: @Sendable (Int) -> Void) {
        if count == 1 { return body(0) }
        DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
}
