import Foundation
import Synchronization

/// One document of a text at a time: documents of equal text share their caches, and whoever comes second finds them
/// made.
final class TextTurns: Sendable {
    private let condition = NSCondition()
    private let taken = Mutex<Set<String>>([])

    /// Calls `body` once nobody else works on the text of digest `digest`.
    func take<Result>(_ digest: String, _ body: () throws -> Result) rethrows -> Result {
        condition.lock()
        while !taken.withLock({ $0.insert(digest).inserted }) { condition.wait() }
        condition.unlock()
        defer {
            condition.lock()
            taken.withLock { _ = $0.remove(digest) }
            condition.broadcast()
            condition.unlock()
        }
        return try body()
    }
}
