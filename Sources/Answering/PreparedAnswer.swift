import Synchronization

/// A question that has been read, on whichever thread, and waits to join a batch.
public final class PreparedAnswer: Sendable {
    struct Content {
        var open: OpenAnswer
        let basis: AnswerBasis
        /// Sentences to quote at most.
        let citations: Int
        /// Held for as long as the answer is in the making, so that others find it.
        let restored: SharedMemories.Restored
    }

    private let content: Mutex<Content?>

    init(_ content: sending Content) { self.content = Mutex(content) }

    /// What there is, once.
    func take() -> sending Content? {
        content.withLock { content in
            let taken = content
            content = nil
            return taken
        }
    }
}
