import Foundation
import HTTPTypes
import Hummingbird

/// Server-sent events.
enum EventStream {
    /// A reply that is written while `write` runs.
    static func response(
        _ write: @escaping @Sendable (_ send: (String) async throws -> Void) async throws -> Void
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                var output = writer
                try await write { text in try await output.write(ByteBuffer(string: text)) }
                try await output.finish(nil)
            })
    }

    /// One event; JSON has no line ends of its own, so its data is one line.
    static func event(_ name: String? = nil, _ value: some Encodable) -> String {
        let data = String(decoding: WireJSON.bytes(value), as: UTF8.self)
        return (name.map { "event: \($0)\n" } ?? "") + "data: \(data)\n\n"
    }
}
