import NIOCore
import Synchronization

/// The connections that are open, and what is to stop when one of them closes.
final class OpenConnections: Sendable {
    private struct State: Sendable {
        var number = 0
        var watchers: [ObjectIdentifier: [Int: @Sendable () -> Void]] = [:]
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.watchers.count } }

    /// A handler that tells of one connection.
    func makeHandler() -> any RemovableChannelHandler { ConnectionWatch(connections: self) }

    /// Calls `action` when the connection closes.
    ///
    /// - Returns: a number to ``forget(_:of:)`` it by; nil where nobody watches the connection.
    func watch(_ channel: any Channel, _ action: @escaping @Sendable () -> Void) -> Int? {
        state.withLock { state in
            guard state.watchers[ObjectIdentifier(channel)] != nil else { return nil }
            state.number += 1
            state.watchers[ObjectIdentifier(channel)]?[state.number] = action
            return state.number
        }
    }

    func forget(_ number: Int?, of channel: any Channel) {
        guard let number else { return }
        state.withLock { _ = $0.watchers[ObjectIdentifier(channel)]?.removeValue(forKey: number) }
    }

    fileprivate func opened(_ channel: any Channel) {
        state.withLock { $0.watchers[ObjectIdentifier(channel)] = [:] }
    }

    fileprivate func closed(_ channel: any Channel) {
        let actions = state.withLock { $0.watchers.removeValue(forKey: ObjectIdentifier(channel)) }
        for action in (actions ?? [:]).values { action() }
    }
}

/// Notices that a client has gone, even while an answer is being computed and nothing is written.
///
/// A client that closes its side only is taken as gone too: it looks the same from here.
private final class ConnectionWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let connections: OpenConnections

    init(connections: OpenConnections) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) { connections.opened(context.channel) }

    func channelInactive(context: ChannelHandlerContext) {
        connections.closed(context.channel)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
