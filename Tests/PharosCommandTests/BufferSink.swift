import Synchronization

@testable import PharosCommand

/// A sink that keeps what is written.
final class BufferSink: TextSink {
    private let buffer = Mutex("")

    var text: String { buffer.withLock { $0 } }

    func write(_ text: String) throws {
        buffer.withLock { $0 += text }
    }
}

/// A clock that moves when told.
final class TestClock: Sendable {
    private let time = Mutex(Duration.zero)

    var now: @Sendable () -> Duration { { self.time.withLock { $0 } } }

    func advance(_ duration: Duration) {
        time.withLock { $0 += duration }
    }
}
