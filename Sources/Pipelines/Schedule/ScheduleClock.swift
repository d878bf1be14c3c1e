import Foundation

/// The time of day, and waiting for it.
public protocol ScheduleClock: Sendable {
    /// The current time.
    var now: UnixTime { get }
    /// Waits until `time`, or for ever when nil; returns early when the task is cancelled or the clock is set back.
    func wait(until time: UnixTime?) async
}

/// The clock of the machine.
public struct SystemScheduleClock: ScheduleClock {
    /// The longest wait without a look at the clock, which may be set meanwhile.
    private let longestWait: Int
    private let read: @Sendable () -> UnixTime

    /// Creates a clock.
    public init() {
        self.init(longestWait: 30) { UnixTime(Int(Date().timeIntervalSince1970.rounded(.down))) }
    }

    /// Creates a clock that reads the time from elsewhere.
    init(longestWait: Int, read: @escaping @Sendable () -> UnixTime) {
        self.longestWait = longestWait
        self.read = read
    }

    /// The current time.
    public var now: UnixTime { read() }

    /// Waits until `time`, or for ever when nil; returns early when the task is cancelled or the clock is set back by
    /// more than a scheduler takes for its correction.
    public func wait(until time: UnixTime?) async {
        var latest = now
        while !Task.isCancelled, time.map({ now < $0 }) ?? true {
            let current = now
            guard latest - ScheduleEngine.correction <= current else { return }
            latest = max(latest, current)
            let seconds = time.map { min($0.seconds - current.seconds, longestWait) } ?? longestWait
            do {
                try await Task.sleep(for: .seconds(max(1, seconds)))
            } catch {
                return
            }
        }
    }
}
