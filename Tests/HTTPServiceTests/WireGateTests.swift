import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPService

/// What is settled between the parser and the router, where versions and doubled fields are still to be seen.
@Suite struct WireGateTests {
    private func head(
        _ method: HTTPMethod = .GET, _ uri: String = "/", version: HTTPVersion = .http1_1,
        _ fields: [(String, String)] = [("Host", "localhost")]
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: method, uri: uri, headers: HTTPHeaders(fields))
    }

    private func settled(_ head: HTTPRequestHead) -> HTTPRequestHead? {
        var head = head
        return WireGate.settle(&head) ? head : nil
    }

    @Test func aServiceIsCalledByOneName() throws {
        let two = try #require(settled(head(.GET, "/", [("Host", "localhost"), ("host", "evil.example")])))
        #expect(two.headers["host"].isEmpty)
        let absolute = try #require(settled(head(.GET, "http://evil.example:80/a?b=c")))
        #expect(absolute.headers["host"] == ["evil.example:80"])
        #expect(absolute.uri == "/a?b=c")
        #expect(settled(head(.GET, "http://localhost"))?.uri == "/")
        #expect(settled(head(.GET, "/page?of=http://x/"))?.headers["host"] == ["localhost"])
    }

    @Test func chunksOfAnOldClientAreRefused() {
        #expect(settled(head(.POST, "/", version: .http1_0, [("Transfer-Encoding", "chunked")])) == nil)
        #expect(settled(head(.POST, "/", [("Transfer-Encoding", "chunked")])) != nil)
        #expect(settled(head(.GET, "/", [("Connection", "x, Close")]))?.headers["connection"] == ["close"])
    }

    private func answer(
        _ request: HTTPRequestHead, _ fields: HTTPHeaders = [:], through channel: EmbeddedChannel
    ) throws -> [HTTPServerResponsePart] {
        try channel.writeInbound(HTTPServerRequestPart.head(request))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        let response = HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
        try channel.writeOutbound(HTTPServerResponsePart.head(response))
        try channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: "text"))))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        var parts: [HTTPServerResponsePart] = []
        while let part = try channel.readOutbound(as: HTTPServerResponsePart.self) { parts.append(part) }
        return parts
    }

    private func connected() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: WireGate())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        return channel
    }

    /// Chunks are what HTTP/1.1 brought; before, the end of the connection was the end of the answer.
    @Test func anAnswerToAnOldClientEndsWithItsConnection() throws {
        let channel = try connected()
        let parts = try answer(head(version: .http1_0), through: channel)
        guard case .head(let written)? = parts.first else { return #expect(Bool(false), "no head") }
        #expect(written.version == .http1_0)
        #expect(written.headers["connection"] == ["close"])
        #expect(parts.count == 3)
        #expect(!channel.isActive)
        let other = try connected()
        guard case .head(let kept)? = try answer(head(), through: other).first else { return }
        #expect(kept.version == .http1_1)
        #expect(other.isActive)
    }

    @Test func anAnswerToHeadHasNoBody() throws {
        let channel = try connected()
        let parts = try answer(head(.HEAD), ["content-length": "4"], through: channel)
        #expect(parts.count == 2)
        #expect(channel.isActive)
        // Neither has the last chunk of one whose length is not known.
        guard case .head(let written)? = try answer(head(.HEAD), through: channel).first else { return }
        #expect(written.version == .http1_0)
        #expect(!channel.isActive)
    }

    @Test func aClientThatWaitsIsAskedForItsBodyOnce() throws {
        let channel = try connected()
        func asked() throws -> Bool {
            try channel.triggerUserOutboundEvent(WireGate.Continue()).wait()
            guard case .head(let head)? = try channel.readOutbound(as: HTTPServerResponsePart.self) else {
                return false
            }
            #expect(head.status == .continue)
            return true
        }
        try channel.writeInbound(
            HTTPServerRequestPart.head(
                head(.POST, "/", [("Expect", "100-Continue"), ("Content-Length", "1")])))
        #expect(try asked())
        #expect(try !asked())
        let impatient = try connected()
        try impatient.writeInbound(
            HTTPServerRequestPart.head(
                head(.POST, "/", [("Expect", "100-continue"), ("Content-Length", "1")])))
        try impatient.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "x")))
        try impatient.triggerUserOutboundEvent(WireGate.Continue()).wait()
        #expect(try impatient.readOutbound(as: HTTPServerResponsePart.self) == nil)
    }
}
