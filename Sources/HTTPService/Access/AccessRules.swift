import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Who may ask: the host names that the service answers to, and the token that clients hold.
struct AccessRules: Sendable {
    private let names: Set<String>
    /// Names given by hand; what stands before the service under one of them may encrypt.
    private let given: Set<String>
    /// Whether any address will do: no name of somebody else's can be bound to one.
    private let knowsAddresses: Bool
    private let token: [UInt8]?

    init(_ settings: ServiceSettings) {
        given = Set(settings.hostNames.map { $0.lowercased() })
        names = ServiceSettings.loopbackNames.union(given).union([settings.host.lowercased()])
        knowsAddresses = !settings.isLoopback
        token = settings.token.map { Array($0.utf8) }
    }

    /// Refuses requests that call the service by a strange name, as pages do that rebind their own name to
    /// this address, and those that another site's page makes.
    func requireHost(_ request: Request) throws {
        guard let host = request.head.authority, !host.isEmpty else {
            throw ServiceError.badRequest("the request must have one Host header", parameter: "Host")
        }
        let own = Authority(host)
        guard names.contains(own.name) || knowsAddresses && own.isAddress else {
            throw ServiceError(
                421, "host",
                "the service does not answer to the name \(own.name.prefix(100)); start it with --allow-host and that "
                    + "name",
                parameter: "Host")
        }
        guard let origin = request.headers[.origin], !isOwn(origin, own) else { return }
        throw ServiceError(403, "origin", "pages of other sites may not ask", parameter: "Origin")
    }

    /// Whether a page of `origin` came from this service: scheme, name and port are those of the request.
    private func isOwn(_ origin: String, _ own: Authority) -> Bool {
        guard let scheme = origin.range(of: "://") else { return false }
        let page = Authority(String(origin[scheme.upperBound...]))
        return switch origin[..<scheme.lowerBound].lowercased() {
        case "http": page.name == own.name && (page.port ?? "80") == (own.port ?? "80")
        // Something before the service encrypts; only who started it knows its name.
        case "https": given.contains(page.name)
        default: false
        }
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
}

/// A `name:port` taken apart.
private struct Authority {
    /// In lower case; an address of IPv6 with its brackets.
    var name: String
    var port: String?

    init(_ text: String) {
        name = text.lowercased()
        guard let colon = name.lastIndex(of: ":"), !name[colon...].contains("]"),
            name[..<colon].last == "]" || !name[..<colon].contains(":")
        else { return }
        port = String(name[name.index(after: colon)...])
        name = String(name[..<colon])
    }

    var isAddress: Bool {
        let bare = name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : name
        do {
            _ = try SocketAddress(ipAddress: bare, port: 0)
            return true
        } catch {
            return false
        }
    }
}
