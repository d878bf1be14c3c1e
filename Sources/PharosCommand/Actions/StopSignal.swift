import Dispatch
import Foundation
import Synchronization

/// Turns SIGINT and SIGTERM into a question that long work asks between windows.
final class StopSignal: Sendable {
    private let received = Mutex<Int32?>(nil)

    /// - Parameter signals: what to listen for.
    init(_ signals: [Int32] = [SIGINT, SIGTERM]) {
        for number in signals {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // The handler keeps the source, which listens as long as the process lives.
            source.setEventHandler { [self] in
                received.withLock { $0 = number }
                _ = source.data
            }
            source.resume()
        }
    }

    var isRaised: Bool { received.withLock { $0 != nil } }

    /// How a command that stopped in good order ends: 130 after Ctrl-C, 75 after a request to terminate.
    var status: ExitStatus {
        received.withLock { $0 == SIGINT ? .interrupted : .tryAgain }
    }
}
