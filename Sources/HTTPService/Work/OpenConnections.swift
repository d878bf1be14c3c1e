import NIOCore
import NIOHTTP1
import Synchronization

/// The connections that are open, and what is to stop when one of them closes.
final class OpenConnections: Sendable {
    private struct State: Sendable {
        var number = 0
        /// Whether there are connections at all; a test without a server has none.
        var hasServer = false
        var watchers: [ObjectIdentifier: [Int: @Sendable () -> Void]] = [:]
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.watchers.count } }

    /// A handler that tells of one connection, and puts a ``WireGate`` behind its parser.
    func makeHandler() -> any RemovableChannelHandler { ConnectionWatch(connections: self) }

    /// Calls `action` when the connection closes, at once where it has closed already.
    ///
    /// - Returns: a number to ``forget(_:of:)`` it by; nil where there is nothing to forget.
    func watch(_ channel: any Channel, _ action: @escaping @Sendable () -> Void) -> Int? {
        let (number, isClosed) = state.withLock { state -> (Int?, Bool) in
            guard state.watchers[ObjectIdentifier(channel)] != nil else { return (nil, state.hasServer) }
            state.number += 1
            state.watchers[ObjectIdentifier(channel)]?[state.number] = action
            return (state.number, false)
        }
        if isClosed { action() }
        return number
    }

    func forget(_ number: Int?, of channel: any Channel) {
        guard let number else { return }
        state.withLock { _ = $0.watchers[ObjectIdentifier(channel)]?.removeValue(forKey: number) }
    }

    fileprivate func opened(_ channel: any Channel) {
        state.withLock {
            $0.hasServer = true
            $0.watchers[ObjectIdentifier(channel)] = [:]
        }
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

    func handlerAdded(context: ChannelHandlerContext) {
        connections.opened(context.channel)
        do {
            let pipeline = context.pipeline.syncOperations
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(WireGate(), position: .after(parser))
        } catch {
            // Nobody is served without it.
            context.close(promise: nil)
        }
    }

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
