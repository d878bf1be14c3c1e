import Foundation

/// The time of day, and waiting for it.
public protocol ScheduleClock: Sendable {
    /// The current time.
    var now: UnixTime { get }
    /// Waits until `time`, or for ever when nil; returns early when the task is cancelled.
    func wait(until time: UnixTime?) async
}

/// The clock of the machine.
public struct SystemScheduleClock: ScheduleClock {
    /// The longest wait without a look at the clock, which may be set meanwhile.
    private static let longestWait = 30

    /// Creates a clock.
    public init() {}

    /// The current time.
    public var now: UnixTime { UnixTime(Int(Date().timeIntervalSince1970.rounded(.down))) }

    /// Waits until `time`, or for ever when nil; returns early when the task is cancelled.
    public func wait(until time: UnixTime?) async {
        while !Task.isCancelled, time.map({ now < $0 }) ?? true {
            let seconds = time.map { min($0.seconds - now.seconds, Self.longestWait) } ?? Self.longestWait
            do {
                try await Task.sleep(for: .seconds(max(1, seconds)))
            } catch {
                return
            }
        }
    }
}
