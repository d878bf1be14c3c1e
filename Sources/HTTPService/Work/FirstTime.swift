import Synchronization

/// True once.
final class FirstTime: Sendable {
    private let isOver = Mutex(false)

    func take() -> Bool {
        isOver.withLock { isOver in
            defer { isOver = true }
            return !isOver
        }
    }
}
