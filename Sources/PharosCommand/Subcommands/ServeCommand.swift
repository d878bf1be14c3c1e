import Answering
import ArgumentParser
import CacheStorage
import Documents
import FileAccess
import Foundation
import HTTPService
import Logging
import Pipelines
import SystemPackage
import Tensors

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a store over HTTP: a page for people, an API, and the OpenAI chat interface.",
        discussion: """
            Listens on this machine alone and asks for a token, which is printed once with the page's address. \
            SIGTERM or Ctrl-C finishes what has begun, within 20 seconds, then ends with 0. Uploads that are accepted \
            and not done are on the disk, and the next start goes on with them; while a run holds the store they wait.

            For other machines give --host and --allow-remote. They may call the service by any address or by this \
            machine's name; every other name, such as that of a proxy that encrypts, needs --allow-host.

            Example: pharos serve --store Samples/store
            """)

    @OptionGroup var store: StoreOptions

    @Option(help: "The collection of requests that name none. (default: the only one)")
    var collection: String?

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 for any that is free.")
    var port = 8321

    @Option(help: "The token that clients send. (default: a new one that nobody can guess)")
    var token: String?

    @Option(help: "A file that holds the token, which only its owner may read.")
    var tokenFile: String?

    @Flag(help: "Let in whoever reaches the port.")
    var noToken = false

    @Flag(
        help: """
            Allow an address that other machines reach; put something that encrypts before it, and give the names that \
            clients call it by with --allow-host.
            """)
    var allowRemote = false

    @Option(
        help: """
            A further name that clients may call the service by, such as that of a proxy before it; may be repeated.
            """)
    var allowHost: [String] = []

    @Flag(help: "Refuse uploads and removals.")
    var readOnly = false

    @Flag(help: "Make the store where there is none.")
    var create = false

    @Option(help: "Connections at a time; further ones wait.")
    var maxConnections = ServiceLimits().connections

    @Option(help: "Questions answered side by side, each token in one pass for all.")
    var sideBySide = ServiceLimits().sideBySide

    @Option(help: "Questions that wait for those being answered; further ones get status 429.")
    var queue = ServiceLimits().queue

    @Option(help: "Seconds that a question may take, its wait included.")
    var timeout = ServiceLimits().answerSeconds

    @Option(
        help:
            "Seconds in which a request has to arrive; idle connections, and those of clients that do not read, are closed after as many."
    )
    var requestTimeout = ServiceLimits().requestSeconds

    @Option(help: "The largest upload, such as 16MiB.")
    var maxBody: ByteSize?

    @Option(
        help: "What restored documents may take up in memory, such as 8GiB. (default: half of the machine's)")
    var maxMemory: ByteSize?

    @OptionGroup var model: ModelOptions

    func validate() throws {
        for (name, value, range) in [
            ("--port", port, 0...65_535), ("--max-connections", maxConnections, 1...100_000),
            ("--side-by-side", sideBySide, 1...256), ("--queue", queue, 1...10_000),
            ("--timeout", timeout, 1...86_400),
            ("--request-timeout", requestTimeout, 1...3600),
        ] where !range.contains(value) {
            throw ValidationError("\(name) is \(value); give \(range.lowerBound) to \(range.upperBound)")
        }
        if [token != nil, tokenFile != nil, noToken].count(where: { $0 }) > 1 {
            throw ValidationError("give one of --token, --token-file and --no-token")
        }
    }

    func run() async throws {
        let settings = try settings()
        let path = try store.path
        if create {
            _ = try store.create(command: "serve --create")
        }
        let catalog = try store.open()
        if let collection { _ = try StoreOptions.collection(collection, in: catalog) }
        let loaded = try model.load(for: collection, in: catalog)
        let answerer = StoreAnswerer(
            store: try store.open(), collection: settings.collection ?? "", loaded: loaded,
            normaliser: TextNormalizer.version, context: try model.context())
        let intake =
            readOnly
            ? nil
            : StoreIntake(
                path: path, key: try store.encryption.key(), loaded: loaded,
                threads: max(1, try model.threadCount() / 2))
        var logger = Logger(label: "pharos.serve", factory: { StreamLogHandler.standardError(label: $0) })
        let level = try model.environment.value(.logLevel, as: LogLevel.self) ?? .notice
        logger.logLevel = Logger.Level(rawValue: level.rawValue) ?? .notice
        // One that was given is known, and logs are read by others.
        let showsToken = token == nil && tokenFile == nil
        let service = try PharosService(
            settings, answerer: answerer, catalog: catalog, intake: intake, logger: logger
        ) { port in
            Self.announce(settings, port: port, path: path, showsToken: showsToken)
        }
        do {
            try await service.runUntilSignalled()
        } catch let error as any ReportableError {
            throw error
        } catch {
            throw CommandError(.failed, "the service at \(host):\(port) ended: \(error)")
        }
        try StandardStream.error.write("pharos: stopped\n")
    }

    private func settings() throws -> ServiceSettings {
        var settings = ServiceSettings(version: Pharos.version)
        settings.host = host
        settings.port = port
        settings.hostNames = allowHost
        settings.collection = collection
        settings.limits.connections = maxConnections
        settings.limits.queue = queue
        settings.limits.sideBySide = sideBySide
        settings.limits.answerSeconds = timeout
        settings.limits.requestSeconds = requestTimeout
        if let maxMemory { settings.limits.memoryBytes = maxMemory.bytes }
        if let maxBody { settings.limits.uploadBytes = maxBody.bytes }
        settings.token = noToken ? nil : try givenToken() ?? Self.newToken()
        guard settings.isLoopback || allowRemote else {
            throw CommandError(
                .usage, "\(host) is reached from other machines",
                hint: """
                    add --allow-remote if that is meant, and --allow-host NAME for each name, other than this \
                    machine's, that they call it by
                    """)
        }
        if !settings.isLoopback { settings.hostNames.append(ProcessInfo.processInfo.hostName) }
        guard settings.isLoopback || settings.token != nil else {
            throw CommandError(
                .usage, "--no-token would let in every machine that reaches \(host)",
                hint: "leave it out, or listen on 127.0.0.1")
        }
        return settings
    }

    private func givenToken() throws -> String? {
        let text: String
        if let token {
            text = token
        } else if let tokenFile {
            guard try FileSystem.isPrivate(FilePath(tokenFile)) else {
                throw CommandError(
                    .usage, "others may read the token file \(tokenFile)",
                    hint: "run 'chmod 600 \(tokenFile)'")
            }
            text = String(decoding: try FileSystem.read(FilePath(tokenFile), limit: 4096), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } else {
            return nil
        }
        guard text.utf8.count >= 16, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw CommandError(
                .usage, "the token is too easy to guess or has characters that a header cannot carry",
                hint: "give 16 or more visible ASCII characters")
        }
        return text
    }

    /// 192 bits from the system's generator.
    private static func newToken() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<24).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    }

    @Sendable private static func announce(
        _ settings: ServiceSettings, port: Int, path: FilePath, showsToken: Bool
    ) {
        let text = announcement(settings, port: port, path: path, showsToken: showsToken)
        // Where nobody reads it, the service serves all the same.
        do { try StandardStream.error.write(text) } catch { return }
    }

    /// Where the service is, and under which names.
    static func announcement(
        _ settings: ServiceSettings, port: Int, path: FilePath, showsToken: Bool
    ) -> String {
        // An address that stands for all of them is none to call.
        let isAny = settings.host == "0.0.0.0" || settings.host == "::"
        let name = isAny ? settings.hostNames.last ?? settings.host : settings.host
        let host = name.contains(":") ? "[\(name)]" : name
        let token = showsToken ? settings.token.map { "#token=\($0)" } ?? "" : ""
        var text = "pharos: serving \(path) at http://\(host):\(port)/\(token)\n"
        if !settings.isLoopback {
            let names = settings.hostNames.joined(separator: ", ")
            text += "pharos: it answers to addresses and to \(names); other names need --allow-host\n"
        }
        return text
    }
}
