import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Synchronization

@testable import HTTPService

/// Sends requests straight to a service's router, without a socket between.
struct RouterClient<Responder: HTTPResponder>: AskingClient
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let responder: Responder

    func execute(_ method: HTTPRequest.Method, _ uri: String, headers: HTTPFields, body: ByteBuffer?)
        async throws -> Reply
    {
        var headers = headers
        if let body { headers[.contentLength] = String(body.readableBytes) }
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: uri, headerFields: headers),
            body: RequestBody(buffer: body ?? ByteBuffer()))
        let context = Responder.Context(
            source: .init(channel: NIOAsyncTestingChannel(), logger: Logger(label: "test")))
        let response = try await responder.respond(to: request, context: context)
        let written = WrittenBody()
        try await response.body.write(BodyWriter(written: written))
        return Reply(
            status: response.status.code, headers: response.headers,
            text: written.bytes.withLock { String(decoding: $0, as: UTF8.self) })
    }
}

private final class WrittenBody: Sendable {
    let bytes = Mutex<[UInt8]>([])
}

private struct BodyWriter: ResponseBodyWriter {
    let written: WrittenBody

    func write(_ buffer: ByteBuffer) async throws {
        written.bytes.withLock { $0 += Array(buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

extension PharosService {
    /// Lets `body` ask the service.
    func test<Result>(_ body: (any AskingClient) async throws -> Result) async throws -> Result {
        func start(_ application: some ApplicationProtocol) async throws -> any AskingClient {
            RouterClient(responder: try await application.responder)
        }
        return try await body(try await start(application()))
    }
}
