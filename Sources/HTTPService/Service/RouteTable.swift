import HTTPTypes
import Hummingbird

/// Puts routes into a router, so that a path that is known answers every method, if only with 405.
struct RouteTable {
    var routes: [Route]

    private static let methods: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .delete, .patch, .options, .trace, .connect]
        + ["QUERY", "SEARCH", "PROPFIND", "REPORT"].compactMap { HTTPRequest.Method($0) }

    func install(in router: Router<ServiceContext>, access: AccessRules) {
        var paths: [String: [Route]] = [:]
        for route in routes { paths[route.path, default: []].append(route) }
        for (path, routes) in paths.sorted(by: { $0.key < $1.key }) {
            for route in routes {
                router.on(RouterPath(path), method: route.method) { request, context in
                    if !route.isOpen { try access.requireToken(request) }
                    return try await route.handler(request, context)
                }
            }
            var known = Set(routes.map(\.method))
            if let get = routes.first(where: { $0.method == .get }), !known.contains(.head) {
                known.insert(.head)
                router.on(RouterPath(path), method: .head) { request, context in
                    if !get.isOpen { try access.requireToken(request) }
                    return try await get.handler(request, context).createHeadResponse()
                }
            }
            let allowed = known.map(\.rawValue).sorted().joined(separator: ", ")
            let isOpen = routes.contains(where: \.isOpen)
            for method in Self.methods where !known.contains(method) {
                router.on(RouterPath(path), method: method) { request, _ -> Response in
                    if !isOpen { try access.requireToken(request) }
                    var error = ServiceError(
                        405, "method-not-allowed", "\(method.rawValue) is not known here; \(allowed) are")
                    error.allowed = allowed
                    throw error
                }
            }
        }
    }
}
