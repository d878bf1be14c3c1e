public import Answering
public import CacheStorage
import Foundation
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import UnixSignals

/// The HTTP service over a store: an interface for programs, one for clients of OpenAI's, and a page for people.
///
/// Answers, reads of the catalog and uploads each have a thread of their own; event loops and tasks only wait for
/// them. Getting questions ready has two more, so that a newcomer, about however large a document, does not hold up
/// the answers that are being written. What would wait too long is refused with status 429.
public struct PharosService: Service {
    private let settings: ServiceSettings
    private let logger: Logger
    private let desk: AnswerDesk
    private let uploads: UploadDesk
    private let reading: StoreReading
    private let connections = OpenConnections()
    private let metrics = ServiceMetrics()
    private let state = ServiceState()
    private let page: PageRoutes
    private let onStart: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - answerer: answers from the store; its collection is not used, requests name theirs.
    ///   - catalog: another handle of the same store, for everything but answers.
    ///   - intake: what brings documents in; nil for a service that only reads.
    ///   - onStart: told of the port once the service listens.
    public init(
        _ settings: ServiceSettings, answerer: StoreAnswerer, catalog: CacheStore,
        intake: (any DocumentIntake)?, logger: Logger, onStart: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws {
        self.settings = settings
        self.logger = logger
        self.onStart = onStart
        page = try PageRoutes()
        desk = AnswerDesk(answerer, limits: settings.limits, metrics: metrics, logger: logger)
        uploads = UploadDesk(intake, capacity: settings.limits.uploads, logger: logger)
        reading = StoreReading(catalog)
    }

    /// Serves until it is asked to shut down, then finishes what it has begun.
    public func run() async throws {
        try uploads.resume()
        let group = ServiceGroup(
            configuration: .init(
                services: [WorkLines(service: self), application(), Notice(state: state)], logger: logger))
        try await group.run()
    }

    /// Serves until SIGTERM or SIGINT, then drains.
    public func runUntilSignalled() async throws {
        var configuration = ServiceGroupConfiguration(
            services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(settings.limits.drainSeconds)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch is CancellationError where state.isStopping {
            // A client that takes its time must not make a failure of a service that was asked to end.
            logger.notice("requests were cut off", metadata: ["seconds": "\(settings.limits.drainSeconds)"])
        }
    }

    /// The router with everything in it, for a server or a test.
    func application() -> some ApplicationProtocol {
        let access = AccessRules(settings)
        let router = Router(context: ServiceContext.self)
        router.add(middleware: EdgeMiddleware(access: access, metrics: metrics))
        RouteTable(routes: routes).install(in: router, access: access)
        let limits = settings.limits
        var http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                connections.makeHandler(patience: .seconds(Int64(limits.requestSeconds)))
            ],
            idleTimeout: .seconds(Int64(limits.requestSeconds)))
        http.httpDecoder = .init(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)
        return Application(
            router: router, server: .http1(configuration: http),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: "pharos",
                availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
            onServerRunning: { channel in onStart(channel.localAddress?.port ?? settings.port) },
            logger: logger)
    }

    private var routes: [Route] {
        let requests = RequestReading(limits: settings.limits)
        let orders = OrderDesk(
            desk: desk, reading: reading, connections: connections, settings: settings)
        return StatusRoutes(
            desk: desk, uploads: uploads, reading: reading, connections: connections, metrics: metrics,
            state: state, settings: settings
        ).routes
            + AskRoutes(orders: orders, requests: requests).routes
            + ChatRoutes(
                orders: orders, reading: reading, requests: requests,
                started: Int(Date().timeIntervalSince1970)
            ).routes
            + LibraryRoutes(reading: reading).routes
            + HistoryRoutes(reading: reading).routes
            + UploadRoutes(uploads: uploads, requests: requests, limits: settings.limits).routes
            + page.routes
    }

    /// Has `/readyz` say that the service is on its way out, before anything else stops.
    private struct Notice: Service {
        let state: ServiceState

        func run() async throws {
            try await gracefulShutdown()
            state.stop()
        }
    }

    /// Lets the threads finish after the last request has been answered.
    private struct WorkLines: Service {
        let service: PharosService

        func run() async throws {
            try await gracefulShutdown()
            service.desk.close()
            service.uploads.leave()
            // Stopped at the end of a window, it leaves the store in order and the next service little to do again.
            let end = ContinuousClock.now + .seconds(service.settings.limits.drainSeconds) / 2
            while service.uploads.length > 0, !Task.isCancelled {
                if ContinuousClock.now >= end { service.uploads.stop() }
                do { try await Task.sleep(for: .milliseconds(50)) } catch { break }
            }
            service.reading.close()
        }
    }
}
