import Foundation
import HTTPTypes
import Hummingbird

@testable import HTTPService

/// A reply, its JSON taken apart.
struct Reply {
    var status: Int
    var headers: HTTPFields
    var text: String

    var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
    }

    var errorCode: String? { (object["error"] as? [String: Any])?["code"] as? String }
}

/// A client of a service.
protocol AskingClient: Sendable {
    func execute(_ method: HTTPRequest.Method, _ uri: String, headers: HTTPFields, body: ByteBuffer?)
        async throws -> Reply
}

extension AskingClient {
    func ask(
        _ method: HTTPRequest.Method, _ uri: String, json: String? = nil, body: [UInt8]? = nil,
        token: String? = Library.token, headers more: HTTPFields = [:]
    ) async throws -> Reply {
        var headers = more
        if let token { headers[.authorization] = "Bearer \(token)" }
        if json != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let bytes = json.map { ByteBuffer(string: $0) } ?? body.map { ByteBuffer(bytes: $0) }
        return try await execute(method, uri, headers: headers, body: bytes)
    }
}

/// A request that calls the service by `host`.
func request(_ host: String, origin: String? = nil) -> Request {
    Request(
        head: HTTPRequest(
            method: .get, scheme: "http", authority: host, path: "/",
            headerFields: origin.map { [.origin: $0] } ?? [:]),
        body: RequestBody(buffer: ByteBuffer()))
}
