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
    ///
    /// - Parameter patience: how long a client may take next to nothing of what is written to it before its connection is
    ///   closed.
    func makeHandler(patience: TimeAmount) -> any RemovableChannelHandler {
        ConnectionWatch(connections: self, patience: patience)
    }

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
/// A client that closes its side only is taken as gone too: it looks the same from here. So is one that does not read:
/// it would hold its connection, and what is written for it, for as long as it likes.
private final class ConnectionWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let connections: OpenConnections
    private let patience: TimeAmount
    /// Looks after what the client reads while more is written than it takes.
    private var stalled: RepeatedTask?
    /// Bytes that a client takes in a second at least.
    private static let leastSpeed = 1024

    init(connections: OpenConnections, patience: TimeAmount) {
        self.connections = connections
        self.patience = patience
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

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalled?.cancel()
        stalled = context.channel.isWritable ? nil : closeUnlessRead(context.channel)
        context.fireChannelWritabilityChanged()
    }

    /// Looks every `patience` at how much is left to be read, until the task is cancelled.
    private func closeUnlessRead(_ channel: any Channel) -> RepeatedTask {
        let before = NIOLoopBoundBox(Self.unread(channel), eventLoop: channel.eventLoop)
        let least = Self.leastSpeed * Int(max(1, patience.nanoseconds / 1_000_000_000))
        return channel.eventLoop.scheduleRepeatedTask(initialDelay: patience, delay: patience) { task in
            let now = Self.unread(channel)
            guard before.value - now < least else {
                before.value = now
                return
            }
            task.cancel()
            channel.close(promise: nil)
        }
    }

    /// Bytes that are written and that the client's side has not taken.
    private static func unread(_ channel: any Channel) -> Int {
        do {
            return try channel.syncOptions?.getOption(.bufferedWritableBytes) ?? 0
        } catch {
            // A channel that is closing knows no options any more.
            return 0
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stalled?.cancel()
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
