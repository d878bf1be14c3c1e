import Foundation
import NIOCore
import NIOHTTP1

/// What of HTTP/1 is settled before a request is a request: how it names the service, how its answer is framed.
///
/// Stands between the parser and everything else, because what is above knows neither the version of a request nor
/// that a field was given twice.
final class WireGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Asks for the `100 Continue` that the client of the request in work waits for.
    struct Continue: Sendable {}

    /// What is remembered of a request until it is answered.
    private struct Pending {
        var isHead: Bool
        /// Of HTTP/1.0, which knows no chunks.
        var isOld: Bool
        var waitsForContinue: Bool
        var isRead = false
        /// Whether the end of the answer is the end of the connection.
        var closes = false
    }

    /// Requests that are not answered yet, oldest first.
    private var pending: [Pending] = []
    /// Whether a request was refused by its framing: what follows it cannot be told apart.
    private var isBroken = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            guard Self.settle(&head) else {
                isBroken = true
                pending.append(Pending(isHead: head.method == .HEAD, isOld: true, waitsForContinue: false))
                context.fireErrorCaught(HTTPParserError.unexpectedContentLength)
                return
            }
            let expects = head.headers["expect"].contains { $0.lowercased() == "100-continue" }
            pending.append(
                Pending(
                    isHead: head.method == .HEAD, isOld: head.isOld,
                    waitsForContinue: expects && !head.isOld))
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            // Who sends the body already waits for nothing.
            if !pending.isEmpty { pending[pending.count - 1].waitsForContinue = false }
            context.fireChannelRead(data)
        case .end:
            if !pending.isEmpty { pending[pending.count - 1].isRead = true }
            context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let request = pending.first else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard !head.status.isInformational else { return context.write(data, promise: promise) }
            // Without a length, the end of the connection is the only end that HTTP/1.0 knows, and an answer to
            // HEAD may not have the last chunk of an empty body.
            if request.isOld || request.isHead && !head.headers.contains(name: "content-length") {
                head.version = .http1_0
                head.headers.replaceOrAdd(name: "connection", value: "close")
                pending[0].closes = true
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            if request.isHead { promise?.succeed() } else { context.write(data, promise: promise) }
        case .end:
            pending.removeFirst()
            // Before all of a request is read, closing would throw away the answer on its way.
            guard request.closes, request.isRead else { return context.write(data, promise: promise) }
            context.writeAndFlush(data, promise: promise)
            context.close(promise: nil)
        }
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is Continue else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard pending.count == 1, pending[0].waitsForContinue else { return }
        pending[0].waitsForContinue = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Brings a request's head into the one form that is read above.
    ///
    /// - Returns: false where its framing could be read in two ways.
    static func settle(_ head: inout HTTPRequestHead) -> Bool {
        // HTTP/1.0 has no chunks; who sends some came through something that did not read them.
        guard !head.isOld || !head.headers.contains(name: "transfer-encoding") else { return false }
        // A target in absolute form names the host, whatever the field says.
        if let scheme = head.uri.range(of: "://"), head.uri.first != "/" {
            let rest = head.uri[scheme.upperBound...]
            let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            let path = rest[authority.endIndex...]
            head.uri = path.hasPrefix("/") ? String(path) : "/" + path
            head.headers.replaceOrAdd(name: "host", value: String(authority))
        } else if head.headers["host"].count > 1 {
            // Which of them is meant is nobody's guess; a request without one is refused.
            head.headers.remove(name: "host")
        }
        if head.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "close" }) {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        return true
    }
}

extension HTTPRequestHead {
    fileprivate var isOld: Bool { version.major < 1 || version.major == 1 && version.minor == 0 }
}

extension HTTPResponseStatus {
    fileprivate var isInformational: Bool { (100..<200).contains(code) }
}
