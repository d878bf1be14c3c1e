import Foundation
import HTTPTypes
import Hummingbird

/// JSON as the service writes it: keys in order, so that equal values are equal bytes.
enum WireJSON {
    static func bytes(_ value: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try encoder.encode(value)
        } catch {
            preconditionFailure("a reply that cannot be written as JSON: \(error)")
        }
    }
}

extension Response {
    static func json(_ value: some Encodable, status: Int = 200) -> Response {
        .json(bytes: WireJSON.bytes(value), status: status)
    }

    static func json(bytes: Data, status: Int = 200) -> Response {
        Response(
            status: HTTPResponse.Status(code: status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: .ok, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
