import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The outermost layer: checks the host, turns errors into answers, adds the headers that all answers carry,
/// counts and times.
struct EdgeMiddleware: RouterMiddleware {
    typealias Context = ServiceContext

    let access: AccessRules
    let metrics: ServiceMetrics

    func handle(
        _ request: Request, context: ServiceContext,
        next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let clock = ContinuousClock()
        let begin = clock.now
        var response: Response
        do {
            try access.requireHost(request)
            try Self.requireKnownExpectation(request)
            response = try await next(request, context)
        } catch {
            let failure = ServiceError(error)
            if failure.status >= 500 {
                context.logger.error("request failed", metadata: ["error": "\(error)"])
            }
            response = Self.response(failure)
        }
        if request.method == .head { response = response.createHeadResponse() }
        if request.mayBeUnread(failed: response.status.code >= 400) {
            response.closeAfterwards(context.channel)
        }
        for (name, value) in Self.headers where response.headers[name] == nil {
            response.headers[name] = value
        }
        metrics.noteRequest(
            method: request.method.rawValue, route: context.endpointPath ?? "other",
            status: response.status.code, seconds: (clock.now - begin).inSeconds)
        return response
    }

    static func response(_ error: ServiceError) -> Response {
        var response = Response.json(ErrorReply(error), status: error.status)
        if let seconds = error.retryAfter { response.headers[.retryAfter] = String(seconds) }
        if error.status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        if let allowed = error.allowed { response.headers[.allow] = allowed }
        return response
    }

    private static func requireKnownExpectation(_ request: Request) throws {
        guard let expectation = request.headers[.expect], expectation.lowercased() != "100-continue" else {
            return
        }
        throw ServiceError(
            417, "expectation", "nothing but 100-continue can be expected here", parameter: "Expect")
    }

    private static let headers: [(HTTPField.Name, String)] =
        [
            (.cacheControl, "no-store"),
            (.contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'"),
            (.xContentTypeOptions, "nosniff"),
        ]
        + [
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}

extension Request {
    /// Whether a body may still be on its way that nobody is going to read: the server would wait for all of it, as
    /// slowly as it comes, before the connection is free.
    fileprivate func mayBeUnread(failed: Bool) -> Bool {
        let hasBody =
            headers[.transferEncoding] != nil || headers[.contentLength].map { $0 != "0" } ?? false
        return hasBody && (failed || method != .post && method != .put)
    }
}

extension Response {
    /// Closes the connection once this answer is written, instead of reading the rest of a request that was
    /// refused; the client gets a moment to take the answer in.
    fileprivate mutating func closeAfterwards(_ channel: any Channel) {
        let original = body
        headers[.connection] = "close"
        body = ResponseBody(contentLength: original.contentLength) { writer in
            try await original.write(writer)
            channel.eventLoop.scheduleTask(in: .milliseconds(500)) { channel.close(promise: nil) }
        }
    }
}

extension Duration {
    /// The duration in seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
