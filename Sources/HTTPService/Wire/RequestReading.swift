import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads bodies and parameters of requests within the service's limits.
struct RequestReading: Sendable {
    let limits: ServiceLimits

    /// A JSON body.
    func json<Value: Decodable>(
        _ type: Value.Type, _ request: Request, _ context: ServiceContext
    ) async throws -> Value {
        let media = request.headers[.contentType]?.split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        guard media == "application/json" else {
            throw ServiceError(
                415, "media-type", "the body's Content-Type is \(media ?? "missing"); send application/json",
                parameter: "Content-Type")
        }
        let body = try await bytes(request, context, limit: limits.jsonBytes)
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch let error as DecodingError {
            throw Self.badJSON(error)
        }
    }

    /// A body of any kind, of at most `limit` bytes; a client that waits to be asked for it is asked.
    func bytes(_ request: Request, _ context: ServiceContext, limit: Int) async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw ServiceError(
                413, "too-large", "the body has \(length) bytes; the service takes \(limit)")
        }
        if request.headers[.expect] != nil {
            context.channel.triggerUserOutboundEvent(WireGate.Continue(), promise: nil)
        }
        let seconds = limits.requestSeconds
        return try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask { try await request.body.collect(upTo: limit) }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() ?? nil else {
                throw ServiceError(
                    408, "too-slow", "the body did not arrive within \(seconds) seconds")
            }
            return body
        }
    }

    private static func badJSON(_ error: DecodingError) -> ServiceError {
        let (context, text): (DecodingError.Context, String) =
            switch error {
            case .keyNotFound(let key, let context): (context, "the field \(key.stringValue) is missing")
            case .typeMismatch(_, let context): (context, "a value is of the wrong kind")
            case .valueNotFound(_, let context): (context, "a value is missing")
            case .dataCorrupted(let context):
                (context, context.codingPath.isEmpty ? "the body is no JSON" : context.debugDescription)
            @unknown default: (.init(codingPath: [], debugDescription: ""), "the body cannot be read")
            }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return .badRequest(path.isEmpty ? text : "\(path): \(text)", parameter: path.isEmpty ? nil : path)
    }
}

extension ServiceContext {
    /// A part of the path, its percent-encoding undone.
    func part(_ name: String) throws -> String {
        guard let text = parameters.get(name)?.removingPercentEncoding, !text.contains("\0") else {
            throw ServiceError.badRequest("\(name) in the path is not percent-encoded UTF-8", parameter: name)
        }
        return text
    }
}

extension Request {
    /// A parameter of the query, or nil. As forms are sent, "+" is a space and "%2B" a plus.
    func query(_ name: String) throws -> String? {
        let values = (uri.query ?? "").split(separator: "&").compactMap { field -> Substring? in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts[0] == name ? parts.dropFirst().first ?? "" : nil
        }
        guard values.count <= 1 else {
            throw ServiceError.badRequest("\(name) is given \(values.count) times", parameter: name)
        }
        guard let value = values.first else { return nil }
        guard let text = value.replacing("+", with: " ").removingPercentEncoding else {
            throw ServiceError.badRequest("\(name) is not percent-encoded UTF-8", parameter: name)
        }
        return text
    }

    /// A whole number of the query.
    func query(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
        guard let text = try query(name) else { return standard }
        guard let value = Int(text), range.contains(value), text.first != "+" else {
            throw ServiceError.badRequest(
                "\(name) is a whole number from \(range.lowerBound) to \(range.upperBound)", parameter: name)
        }
        return value
    }
}
