/// Where the service listens, and for whom.
public struct ServiceSettings: Sendable, Hashable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 for any that is free.
    public var port = 8321
    /// What clients prove themselves with; nil lets anyone in who reaches the port.
    public var token: String?
    /// Further names that clients may call the service by.
    public var hostNames: [String] = []
    /// The collection of requests that name none.
    public var collection: String?
    /// The version of the program.
    public var version: String
    public var limits = ServiceLimits()

    public init(version: String) {
        self.version = version
    }

    /// Whether `host` is reached from this machine alone.
    public var isLoopback: Bool { Self.loopbackNames.contains(host) || host.hasPrefix("127.") }

    static let loopbackNames: Set<String> = ["localhost", "127.0.0.1", "::1", "[::1]"]
}
