import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPService

/// Connections whose clients do not read are closed, so that nobody keeps others out by holding them.
@Suite struct OpenConnectionsTests {
    private let loop = EmbeddedEventLoop()

    private func connected(_ connections: OpenConnections) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: loop)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(connections.makeHandler(patience: .seconds(30)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        return channel
    }

    private func setWritable(_ isWritable: Bool, _ channel: EmbeddedChannel) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    /// Writes what stays unread until it is flushed.
    private func write(_ count: Int, _ channel: EmbeddedChannel) throws {
        let bytes = ByteBuffer(repeating: 120, count: count)
        try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
            .write(NIOAny(bytes), promise: nil)
    }

    @Test func whoReadsNothingIsLetGo() throws {
        let connections = OpenConnections()
        let channel = try connected(connections)
        #expect(connections.count == 1)
        try write(100_000, channel)
        setWritable(false, channel)
        loop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive && connections.count == 0)
    }

    @Test func whoReadsInTimeStays() throws {
        let connections = OpenConnections()
        let channel = try connected(connections)
        for _ in 0..<3 {
            try write(100_000, channel)
            setWritable(false, channel)
            loop.advanceTime(by: .seconds(29))
            channel.flush()
            setWritable(true, channel)
            loop.advanceTime(by: .seconds(300))
            #expect(channel.isActive)
        }
        // What is read counts, however long all of it takes.
        try write(100_000, channel)
        setWritable(false, channel)
        channel.flush()
        loop.advanceTime(by: .seconds(30))
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(30))
        #expect(!channel.isActive)
    }
}
