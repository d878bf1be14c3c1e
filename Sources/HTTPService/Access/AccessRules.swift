import Foundation
import HTTPTypes
import Hummingbird

/// Who may ask: the host names that the service answers to, and the token that clients hold.
struct AccessRules: Sendable {
    private let names: Set<String>
    private let token: [UInt8]?

    init(_ settings: ServiceSettings) {
        var names = ServiceSettings.loopbackNames
        names.formUnion(settings.hostNames.map { $0.lowercased() })
        if settings.host != "0.0.0.0", settings.host != "::" { names.insert(settings.host.lowercased()) }
        self.names = names
        token = settings.token.map { Array($0.utf8) }
    }

    /// Refuses requests that call the service by a strange name, as pages do that rebind their own name to
    /// this address, and those that another site's page makes.
    func requireHost(_ request: Request) throws {
        guard let authority = request.head.authority, !authority.isEmpty else {
            throw ServiceError.badRequest("the request has no Host header", parameter: "Host")
        }
        guard names.contains(Self.name(of: authority)) else {
            throw ServiceError(
                421, "host", "the service does not answer to this name; name it with --allow-host",
                parameter: "Host")
        }
        guard let origin = request.headers[.origin] else { return }
        guard let scheme = origin.range(of: "://"),
            names.contains(Self.name(of: String(origin[scheme.upperBound...])))
        else { throw ServiceError(403, "origin", "pages of other sites may not ask", parameter: "Origin") }
    }

    /// Throws unless the request carries the token.
    func requireToken(_ request: Request) throws {
        guard let token else { return }
        let prefix = "bearer "
        guard let value = request.headers[.authorization], value.count > prefix.count,
            value.prefix(prefix.count).lowercased() == prefix,
            Self.areEqual(Array(value.dropFirst(prefix.count).utf8), token)
        else {
            throw ServiceError(
                401, "token", "give the token that the service printed: Authorization: Bearer …",
                parameter: "Authorization")
        }
    }

    /// Compares in a time that depends on the lengths alone.
    static func areEqual(_ given: [UInt8], _ expected: [UInt8]) -> Bool {
        var difference = given.count ^ expected.count
        for index in expected.indices {
            let byte = given.isEmpty ? 0 : given[index % given.count]
            difference |= Int(byte ^ expected[index])
        }
        return difference == 0
    }

    /// The name in `name:port`, in lower case.
    private static func name(of authority: String) -> String {
        var name = authority.lowercased()[...]
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("]"),
            name[..<colon].last == "]" || !name[..<colon].contains(":")
        {
            name = name[..<colon]
        }
        return String(name)
    }
}
