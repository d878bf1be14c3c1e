import HTTPTypes
import Hummingbird

/// One operation of the service.
struct Route: Sendable {
    var method: HTTPRequest.Method
    var path: String
    /// Whether it is there for clients without a token.
    var isOpen = false
    var handler: @Sendable (Request, ServiceContext) async throws -> Response

    static func get(
        _ path: String, isOpen: Bool = false,
        _ handler: @escaping @Sendable (Request, ServiceContext) async throws -> Response
    ) -> Route {
        Route(method: .get, path: path, isOpen: isOpen, handler: handler)
    }

    static func post(
        _ path: String, _ handler: @escaping @Sendable (Request, ServiceContext) async throws -> Response
    ) -> Route {
        Route(method: .post, path: path, handler: handler)
    }

    static func delete(
        _ path: String, _ handler: @escaping @Sendable (Request, ServiceContext) async throws -> Response
    ) -> Route {
        Route(method: .delete, path: path, handler: handler)
    }
}
