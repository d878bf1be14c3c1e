import Foundation
import Synchronization

/// What caches in work may still take, and which they are.
struct HeldRoom: Sendable {
    var byteCount = 0
    /// How many writers work on each cache.
    var caches: [String: Int] = [:]
}

/// The room that writers hold, and the wait for some of it to be given back.
final class RoomLedger: Sendable {
    private let condition = NSCondition()
    private let held = Mutex(HeldRoom())

    /// What is held now.
    var now: HeldRoom { held.withLock { $0 } }

    /// Changes what is held, and lets those who wait try again.
    func change(_ body: (inout HeldRoom) -> Void) {
        condition.lock()
        held.withLock { body(&$0) }
        condition.broadcast()
        condition.unlock()
    }

    /// Calls `attempt` now and after every change until it returns true or throws.
    func waiting(_ attempt: (inout HeldRoom) throws -> Bool) throws {
        condition.lock()
        defer { condition.unlock() }
        while true {
            var room = now
            if try attempt(&room) {
                held.withLock { $0 = room }
                return
            }
            condition.wait()
        }
    }
}
