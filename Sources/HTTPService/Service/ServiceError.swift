/// What a request is answered with where it cannot be served.
public struct ServiceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of trouble as clients of the OpenAI interface know it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case authentication = "authentication_error"
        case invalidRequest = "invalid_request_error"
        case rateLimit = "rate_limit_error"
        case server = "server_error"
    }

    /// The HTTP status.
    public var status: Int
    /// The kind of failure in a spelling that programs may rely on, such as `identity-mismatch`.
    public var code: String
    /// What was found, what was expected, what to do.
    public var message: String
    /// The field or parameter at fault, if one is.
    public var parameter: String?
    /// Seconds after which another try makes sense.
    public var retryAfter: Int?
    /// The methods that the path knows, for status 405.
    var allowed: String?

    public init(
        _ status: Int, _ code: String, _ message: String, parameter: String? = nil, retryAfter: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.parameter = parameter
        self.retryAfter = retryAfter
    }

    public var kind: Kind {
        switch status {
        case 401, 403: .authentication
        case 429: .rateLimit
        case 500...: .server
        default: .invalidRequest
        }
    }

    public var description: String { message }
}

extension ServiceError {
    static func badRequest(_ message: String, parameter: String? = nil) -> ServiceError {
        ServiceError(400, "bad-request", message, parameter: parameter)
    }

    static func notFound(_ message: String, code: String = "not-found", parameter: String? = nil)
        -> ServiceError
    {
        ServiceError(404, code, message, parameter: parameter)
    }

    static func busy(_ message: String, retryAfter: Int) -> ServiceError {
        ServiceError(429, "busy", message, retryAfter: retryAfter)
    }

    static let stopping = ServiceError(
        503, "stopping", "the service is shutting down; ask again in a while", retryAfter: 5)

    /// An upload that is left for the next service to finish.
    public static let stopped = ServiceError(
        503, "stopped", "the service is shutting down; its next start goes on with the file")

    static let cancelled = ServiceError(499, "cancelled", "the client went away")
}
